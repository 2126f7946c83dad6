import type { Client } from '../../functions/core/account/client.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import { type EpochMillis, plus } from '../../functions/core/base/time.ts';
import { openAnnouncer } from '../../functions/core/delivery/announcer.ts';
import type { OrderEvent } from '../../functions/core/delivery/events.ts';
import { type SendDeps, sendOn } from '../../functions/core/delivery/send.ts';
import { wakeSenders } from '../../functions/core/delivery/wake.ts';
import type { Webhook } from '../../functions/core/delivery/webhook.ts';
import { account, NOW } from './accounts.ts';
import { memoryFeeds } from './memory-feed.ts';
import { type MemoryOrders, memoryOrders } from './memory-orders.ts';
import { type MemorySending, memorySending } from './memory-sending.ts';

const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export interface Post {
  readonly url: string;
  readonly number: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An account whose feed is sent on, under a clock that tests move. */
export interface SendingWorld {
  now: EpochMillis;
  readonly orders: MemoryOrders;
  readonly sending: MemorySending;
  readonly deps: SendDeps;
  /** By id; `erp` sees all accounts. */
  readonly clients: Map<string, Client>;
  /** Events that the bus has accepted. */
  readonly events: OrderEvent[];
  /** Posts that receivers have accepted, in order. */
  readonly posts: Post[];
  /** The receiver's answer: a status, a failure, or a crash of ours. */
  answer: (post: Post) => Awaited<ReturnType<SendDeps['door']['post']>>;
  onPublish: () => void;
  readonly messages: string[];
  readonly logged: string[];
  /** Orders whose feed entries are announced to `send`, as writers get them. */
  writerOrders(): MemoryOrders;
  /** Runs a minute's tick and the functions that it wakes. */
  tick(): Promise<void>;
  /** Sends until no message is left. */
  send(): Promise<void>;
}

export const ACCOUNT_ID = 'a1';

export const webhook = (webhookId: string, changes: Partial<Webhook> = {}): Webhook => ({
  webhookId,
  url: `https://${webhookId}.example/hook`,
  createdAtMillis: NOW,
  secretVersion: 'v1',
  revision: 0,
  ...changes,
});

export function sendingWorld(): SendingWorld {
  const orders = memoryOrders();
  const sending = memorySending();
  const { feed } = memoryFeeds(new Map([[ACCOUNT_ID, orders]]));
  const clock = () => world.now;
  const log = {
    info: () => undefined,
    warn: (event: string) => void world.logged.push(event),
  };
  const sendQueue = {
    send: async ({ accountId }: { accountId: string }) => void world.messages.push(accountId),
  };
  const world: SendingWorld = {
    now: NOW,
    orders,
    sending,
    events: [],
    posts: [],
    messages: [],
    logged: [],
    clients: new Map([['erp', { clientId: 'erp', name: 'ERP', role: 'integration', createdAtMillis: NOW }]]),
    answer: () => 200,
    onPublish: () => undefined,
    deps: {
      accounts: { read: async (accountId) => (accountId === ACCOUNT_ID ? account() : undefined) },
      webhooks: sending.webhooks,
      clients: { read: async (clientId) => world.clients.get(clientId) },
      store: sending.store,
      feed,
      orders,
      secrets: { read: async () => new Secret(KEY) },
      door: {
        refusal: async () => undefined,
        async post({ url, headers, body }) {
          const { type, data } = JSON.parse(body);
          const post = { url, headers, type, number: data.number };
          const answer = world.answer(post);
          if (typeof answer === 'number' && answer < 300) world.posts.push(post);
          return answer;
        },
      },
      bus: {
        async publishAll(events) {
          world.onPublish();
          world.events.push(...events);
        },
      },
      sendQueue,
      viewOf: ({ number, orderId, row }) => ({ number, orderId, revision: row?.revision }),
      log,
      random: () => 0.5,
      newId: () => `token-${Math.random()}`,
      outOfTime: () => false,
      clock,
    },
    writerOrders() {
      const announcer = openAnnouncer({ marks: sending.marks, sendQueue, clock, log });
      return { ...orders, announce: announcer.announce };
    },
    async tick() {
      await wakeSenders({ sending: sending.index, sendQueue, clock, outOfTime: () => false });
      await world.send();
    },
    async send() {
      for (let next = world.messages.shift(); next !== undefined; next = world.messages.shift())
        await sendOn(world.deps, { accountId: next, slotMillis: world.now });
    },
  };
  return world;
}

/** Moves the clock minute by minute, with a tick in each. */
export async function minutes(world: SendingWorld, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    world.now = plus(world.now, 60_000);
    await world.tick();
  }
}
