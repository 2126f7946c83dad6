import { z } from 'zod';
import { isOperation } from '../wire/operations.ts';
import { isCountry } from '../world/atlas.ts';
import type { Pace } from '../world/pace.ts';
import { countLiveOrders, trueOrders } from '../world/truth.ts';
import type { World } from '../world/world.ts';
import { BREAKAGES, type Breakages } from './breakages.ts';
import { ControlError, type Route, route, sellerOf, sellersFrom } from './control-kit.ts';

export interface Stage {
  readonly world: World;
  readonly pace: Pace;
  readonly breakages: Breakages;
}

const probability = z.number().min(0).max(1);
const seconds = z.int().min(0).max(3_153_600_000);

const settingsPatch = z.strictObject({
  journalDelaySeconds: seconds.optional(),
  sessionSeconds: seconds.optional(),
  sessionCap: z.int().min(1).max(1_000).optional(),
  faultStatus: z.int().min(200).max(599).optional(),
  retentionDays: z.number().positive().max(36_500).optional(),
  outOfOrder: probability.optional(),
  behindCursor: probability.optional(),
  duplicates: probability.optional(),
  lossy: probability.optional(),
  answersUserId: z.boolean().optional(),
  contradicts: probability.optional(),
  journalPage: z.int().min(1).max(100).optional(),
  misnames: probability.optional(),
  leaves: probability.optional(),
  unreadableEvents: probability.optional(),
  gzip: z.boolean().optional(),
  acceptsCountryId: z.boolean().optional(),
  faultPrefix: z.string().max(40).optional(),
  longestList: z.int().min(0).max(10_000).optional(),
  extraElements: z.boolean().optional(),
  lenient: z.boolean().optional(),
});

const fault = z.strictObject({
  operation: z.string().refine((name) => name === '*' || isOperation(name), 'no such operation'),
  seller: z.string().optional(),
  times: z.int().min(1).max(1_000_000).default(1),
  kind: z.enum(BREAKAGES),
  code: z.string().min(1).max(100).default('ERR_WEBAPI_NOT_AVAIL'),
  text: z.string().max(20_000).optional(),
  soap: z.enum(['1.1', '1.2']).optional(),
  millis: z.int().min(0).max(600_000).default(1_000),
});

const journalRequest = z.strictObject({ count: z.int().min(1).max(10_000), seller: z.string().optional() });

/** Routes that read and change the world as a whole; sellers and keys have a file of their own. */
export const WORLD_ROUTES: readonly Route<Stage>[] = [
  route('GET /_sim/stats', ({ stage: { world } }) => statsOf(world)),
  route('GET /_sim/orders', ({ stage: { world }, query }) => {
    const login = query.get('seller');
    return { orders: trueOrders(world, login === null ? undefined : sellerOf(world, login).id) };
  }),
  route(
    'POST /_sim/clock',
    ({ stage: { world }, body }) => {
      world.clock.advance(body.advanceSeconds);
      return { now: world.clock.now(), offsetSeconds: world.clock.offsetSeconds };
    },
    { body: z.strictObject({ advanceSeconds: seconds }) },
  ),
  route('GET /_sim/settings', ({ stage: { world } }) => world.settings),
  route('POST /_sim/settings', ({ stage: { world }, body }) => Object.assign(world.settings, body), {
    body: settingsPatch,
  }),
  route(
    'POST /_sim/faults',
    ({ stage: { world, breakages }, body: { times, seller, ...breakage } }) => {
      const sellerId = seller === undefined ? undefined : sellerOf(world, seller).id;
      breakages.add({ ...breakage, sellerId }, times);
      return { times, seller, ...breakage };
    },
    { body: fault },
  ),
  route('DELETE /_sim/faults', ({ stage: { breakages } }) => {
    breakages.clear();
    return {};
  }),
  route('POST /_sim/judge', ({ stage: { breakages } }) => ({ judged: breakages.judge() })),
  route(
    'POST /_sim/journal/duplicate',
    ({ stage: { world }, body }) =>
      overSellers({ world, ...body }, (sellerId, range) => world.journal.duplicate(sellerId, range)),
    { body: journalRequest },
  ),
  route(
    'POST /_sim/journal/late',
    ({ stage: { world }, body }) =>
      overSellers({ world, ...body }, (sellerId, range) => world.journal.insertLate(sellerId, range)),
    { body: journalRequest },
  ),
  route('POST /_sim/journal/restart', ({ stage: { world } }) => {
    world.journal.restart();
    return {};
  }),
  route(
    'POST /_sim/journal/leap',
    ({ stage: { world }, body }) => ({
      events: sellersFrom(world, body.seller).filter(({ id }) => world.journal.leap(id, world.clock.now()))
        .length,
    }),
    { body: z.strictObject({ seller: z.string().optional() }) },
  ),
];

const buyersRequest = z.strictObject({
  orders: z.int().min(1).max(1_000_000),
  seller: z.string().optional(),
  pace: z.enum(['at-once', 'live']).default('at-once'),
  stepsPerSecond: z.number().positive().max(10_000).optional(),
  home: z.int().refine(isCountry, 'no country of the atlas').optional(),
});

/** Routes that send buyers and let them act. */
export const BUYER_ROUTES: readonly Route<Stage>[] = [
  route(
    'POST /_sim/buyers',
    ({ stage: { world, pace }, body }) => {
      const sellers = sellersFrom(world, body.seller);
      if (sellers.length === 0) throw new ControlError(409, 'there is no seller to buy from');
      pace.stepsPerSecond = body.stepsPerSecond ?? pace.stepsPerSecond;
      if (body.pace === 'at-once') world.crowd.sendAtOnce(sellers, body.orders, body.home);
      else world.crowd.send(sellers, body.orders, body.home);
      return { orders: body.orders, pendingSteps: world.crowd.pendingSteps };
    },
    { body: buyersRequest },
  ),
  route(
    'POST /_sim/buyers/step',
    ({ stage: { world }, body }) => {
      for (let left = body.steps; left > 0 && world.crowd.step(); left -= 1);
      return { pendingSteps: world.crowd.pendingSteps };
    },
    { body: z.strictObject({ steps: z.int().min(1).max(100_000) }) },
  ),
  route('POST /_sim/buyers/finish', ({ stage: { world } }) => {
    world.crowd.finish();
    return { pendingSteps: 0 };
  }),
  route(
    'POST /_sim/buyers/trickle',
    ({ stage: { pace }, body }) => {
      pace.ordersPerMinute = body.ordersPerMinute;
      return body;
    },
    { body: z.strictObject({ ordersPerMinute: z.number().min(0).max(60_000) }) },
  ),
];

function statsOf(world: World) {
  const now = world.clock.now();
  const lifeSeconds = world.settings.sessionSeconds;
  const { calls, malformed, strangers } = world.stats.snapshot();
  const sellers = [...world.sellers.values()];
  const unknown = Object.entries(strangers).map(([login, counts]) => [login, { ...counts, locked: false }]);
  const known = sellers.map(({ login, counts, locked }) => [login, { ...counts, locked }]);
  const sessions = sellers.map(({ login, id }) => [
    login,
    world.sessions.countLive(id, { now, lifeSeconds }),
  ]);
  return {
    calls,
    malformed,
    logins: Object.fromEntries([...unknown, ...known]),
    sessions: Object.fromEntries(sessions),
    ordersMade: countLiveOrders(world),
    pendingSteps: world.crowd.pendingSteps,
    journal: world.journal.quirks,
  };
}

type JournalChange = (sellerId: number, range: { count: number; now: number }) => number;

/** Goes from seller to seller until `count` events are done; returns how many were done. */
function overSellers(
  { world, count, seller }: { world: World } & z.infer<typeof journalRequest>,
  change: JournalChange,
) {
  let done = 0;
  for (const { id } of sellersFrom(world, seller)) {
    if (done < count) done += change(id, { count: count - done, now: world.clock.now() });
  }
  return { events: done };
}
