import { isDeepStrictEqual } from 'node:util';
import type { EpochMillis } from '../../functions/core/base/time.ts';
import type {
  DeadLetter,
  DeliveryCursor,
  SenderPlace,
  SendingIndex,
  SendingMarks,
  SendingStore,
  WebhookStore,
} from '../../functions/core/delivery/store.ts';
import type { Webhook } from '../../functions/core/delivery/webhook.ts';

export interface MemorySending {
  readonly looks: Map<string, EpochMillis>;
  readonly senders: Map<string, { bus: SenderPlace; token?: string; untilMillis?: EpochMillis }>;
  readonly hooks: Map<string, Webhook>;
  readonly deliveryCursors: Map<string, DeliveryCursor>;
  readonly replays: Map<string, EpochMillis>;
  readonly letters: Map<string, DeadLetter>;
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
  readonly marks: SendingMarks;
  readonly index: SendingIndex;
  readonly store: SendingStore;
  readonly webhooks: WebhookStore;
}

const keyOf = ({ webhookId, accountId }: { webhookId: string; accountId: string }): string =>
  `${webhookId}#${accountId}`;
const letterKey = (letter: DeadLetter): string =>
  `${keyOf(letter)}#${String(letter.number).padStart(15, '0')}`;

/** The stores of `send` in memory, with the conditions of the real store. */
export function memorySending(): MemorySending {
  const self: MemorySending = {
    looks: new Map(),
    senders: new Map(),
    hooks: new Map(),
    deliveryCursors: new Map(),
    replays: new Map(),
    letters: new Map(),
    onWrite: () => undefined,

    marks: {
      async mark(accountId, untilMillis) {
        self.onWrite(`mark ${accountId}`);
        if ((self.looks.get(accountId) ?? -1) < untilMillis) self.looks.set(accountId, untilMillis);
      },
    },

    index: {
      async *pages(byMillis) {
        const looks = [...self.looks].filter(([, due]) => due <= byMillis);
        const deliveryCursors = [...self.deliveryCursors.values()].filter(
          ({ dueAtMillis = Infinity }) => dueAtMillis <= byMillis,
        );
        const replays = [...self.replays].filter(([, due]) => due <= byMillis);
        yield [
          ...looks.map(([accountId]) => ({ accountId })),
          ...deliveryCursors.map(({ accountId }) => ({ accountId })),
          ...replays.map(([key]) => ({ accountId: key.split('#')[1] ?? '' })),
        ];
      },
    },

    store: {
      async claim(accountId, { token, untilMillis, nowMillis, latestMillis }) {
        self.onWrite('claim');
        const sender = self.senders.get(accountId) ?? { bus: { number: 0 } };
        const until = sender.untilMillis ?? 0;
        const held = sender.token !== undefined && until >= nowMillis && until <= latestMillis;
        if (held) return sender.token === token ? { bus: sender.bus } : 'busy';
        self.senders.set(accountId, { ...sender, token, untilMillis });
        return { bus: sender.bus };
      },

      async moveBus(accountId, { token, to: bus }) {
        self.onWrite('move bus');
        const sender = self.senders.get(accountId);
        if (sender?.token !== token) return false;
        self.senders.set(accountId, { ...sender, bus });
        return true;
      },

      async release(accountId, token) {
        self.onWrite('release');
        const sender = self.senders.get(accountId);
        if (sender?.token === token) self.senders.set(accountId, { bus: sender.bus });
      },

      async read(accountId, webhookIds) {
        const known = <T>(map: Map<string, T>) =>
          new Map(
            webhookIds.flatMap((webhookId): [string, T][] => {
              const value = map.get(keyOf({ webhookId, accountId }));
              return value === undefined ? [] : [[webhookId, value]];
            }),
          );
        const lookAtMillis = self.looks.get(accountId);
        return {
          deliveryCursors: known(self.deliveryCursors),
          replays: known(self.replays),
          ...(lookAtMillis !== undefined && { lookAtMillis }),
        };
      },

      async looked(accountId, seenMillis) {
        self.onWrite('looked');
        if (self.looks.get(accountId) === seenMillis) self.looks.delete(accountId);
      },

      async addDeliveryCursor(deliveryCursor) {
        self.onWrite('add deliveryCursor');
        if (self.deliveryCursors.has(keyOf(deliveryCursor))) return false;
        self.deliveryCursors.set(keyOf(deliveryCursor), deliveryCursor);
        return true;
      },

      async saveDeliveryCursor(deliveryCursor, ifNumber) {
        self.onWrite('save deliveryCursor');
        const { number } = self.deliveryCursors.get(keyOf(deliveryCursor)) ?? {};
        if (number === undefined || (number !== ifNumber && number !== deliveryCursor.number)) return false;
        self.deliveryCursors.set(keyOf(deliveryCursor), deliveryCursor);
        return true;
      },

      async putDeadLetter(letter) {
        self.onWrite('dead letter');
        self.letters.set(letterKey(letter), letter);
      },

      async deadLetters(webhookId, { accountId, limit, after = '' }) {
        const rest = [...self.letters]
          .filter(([key, letter]) => key > after && letter.webhookId === webhookId)
          .filter(([, letter]) => accountId === undefined || letter.accountId === accountId)
          .sort(([one], [other]) => (one < other ? -1 : 1));
        const page = rest.slice(0, limit);
        return {
          letters: page.map(([, letter]) => letter),
          next: rest.length > limit ? page.at(-1)?.[0] : undefined,
        };
      },

      async removeDeadLetter(letter) {
        self.onWrite('remove letter');
        self.letters.delete(letterKey(letter));
      },

      async endReplay(deliveryCursor, askedAtMillis) {
        self.onWrite('end replay');
        if (self.replays.get(keyOf(deliveryCursor)) === askedAtMillis)
          self.replays.delete(keyOf(deliveryCursor));
      },

      async disable(webhookId, atMillis) {
        self.onWrite('disable');
        const hook = self.hooks.get(webhookId);
        if (hook === undefined || hook.disabledAtMillis !== undefined) return;
        self.hooks.set(webhookId, { ...hook, disabledAtMillis: atMillis, revision: hook.revision + 1 });
      },

      async removeDeliveries(accountId) {
        self.looks.delete(accountId);
        self.senders.delete(accountId);
        for (const map of [self.deliveryCursors, self.replays, self.letters]) {
          for (const key of map.keys()) if (key.split('#')[1] === accountId) map.delete(key);
        }
      },
    },

    webhooks: {
      list: async () => [...self.hooks.values()],
      read: async (webhookId) => self.hooks.get(webhookId),
      async create(webhook) {
        self.hooks.set(webhook.webhookId, webhook);
      },
      async replace(webhook) {
        const stored = self.hooks.get(webhook.webhookId);
        const next = { ...webhook, revision: webhook.revision + 1 };
        if (stored?.revision !== webhook.revision) return isDeepStrictEqual(stored, next);
        self.hooks.set(webhook.webhookId, next);
        return true;
      },
      async remove(webhookId) {
        for (const map of [self.deliveryCursors, self.replays, self.letters]) {
          for (const key of map.keys()) if (key.startsWith(`${webhookId}#`)) map.delete(key);
        }
        self.hooks.delete(webhookId);
      },
      async deliveryCursors(webhookId, { limit, after = '' }) {
        const rest = [...self.deliveryCursors]
          .filter(([key, deliveryCursor]) => key > after && deliveryCursor.webhookId === webhookId)
          .sort(([one], [other]) => (one < other ? -1 : 1));
        const page = rest.slice(0, limit);
        return {
          deliveryCursors: page.map(([, deliveryCursor]) => deliveryCursor),
          next: rest.length > limit ? page.at(-1)?.[0] : undefined,
        };
      },
      async askReplay(deliveryCursor, atMillis) {
        self.replays.set(keyOf(deliveryCursor), atMillis);
      },
    },
  };
  return self;
}
