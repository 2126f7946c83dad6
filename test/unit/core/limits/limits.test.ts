import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { epochMillis, MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { OwnStop } from '../../../../functions/core/faults/own-stop.ts';
import { type CallBudget, type CallLimits, callLimits } from '../../../../functions/core/limits/limits.ts';
import type { Driver } from '../../../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../../../functions/core/marketplace/marketplace.ts';
import { freeRun } from '../../../support/free-turns.ts';
import { memoryCounter } from '../../../support/memory-counter.ts';
import { shop } from '../../../support/shop.ts';
import { virtualTime } from '../../../support/virtual-time.ts';

/** The beginning of a minute. */
const START = epochMillis(29_833_333 * MINUTE);
const BUDGET: CallBudget = { perSecond: 96, perMinute: 7_200, workers: 10 };
const options = { timeoutMillis: 1_000 };
const handle = new Secret('handle');

/** Several workers with a shared counter; `made` holds the time of each call that reached the marketplace. */
function fleet(budget: CallBudget = BUDGET) {
  const time = virtualTime(START);
  const counter = memoryCounter();
  const made: number[] = [];
  const store = { ...counter, take: counter.take.bind(counter), slow: 0 };
  const { marketplace } = shop();
  const driver: Driver = {
    settings: marketplace.settings,
    open: ({ turn }) => ({
      ...marketplace,
      access: {
        ...marketplace.access,
        probeKey: async () => {
          await turn('login');
          made.push(time.clock());
        },
      },
      sales: {
        ...marketplace.sales,
        page: async (_handle, after = '0') => {
          await turn('other');
          made.push(time.clock());
          return { events: [], next: after, isEnd: true };
        },
      },
    }),
  };
  const worker = () =>
    callLimits(
      {
        ...time,
        random: () => 0.5,
        counter: {
          take: async (keyId, block) => {
            await time.sleep(store.slow);
            return await counter.take(keyId, block);
          },
        },
      },
      budget,
    );
  return { time, counter, made, store, driver, worker };
}

/** The marketplace of a run, whose calls wait for the turns of the limits. */
const opened = async (limits: CallLimits, { driver, key = 'k1' }: { driver: Driver; key?: string }) =>
  driver.open(freeRun({ turn: await limits.open({ identity: driver.settings.identity, keyId: key }) }));

const read = (marketplace: Marketplace) => marketplace.sales.page(handle, undefined, options);
const login = (marketplace: Marketplace) => marketplace.access.probeKey(handle, options);

/** The most calls within any stretch of this length. */
const most = (times: readonly number[], millis: number): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + millis).length));

const byMinute = (times: readonly number[]): number[] =>
  [...Map.groupBy(times, (at) => Math.floor(at / MINUTE)).values()].map(({ length }) => length);

const act = (rest: number, calls: number, more: { together?: boolean; logins: number }) => ({
  rest,
  calls,
  together: false,
  ...more,
});

/**
 * Calls that wait for their turn at the end of a minute and go out in the next: a case that once made 161
 * calls of 160.
 */
const ACROSS_A_MINUTE: [ReturnType<typeof act>[][], number, number, number] = [
  [
    [act(58_000, 51, { together: true, logins: 2 }), act(0, 1, { logins: 0 })],
    [act(58_000, 62, { logins: 2 }), act(0, 50, { logins: 2 })],
  ],
  2,
  100,
  0,
];

/** Calls whose minute ends while they wait for their turns, with a slow counter. */
const BESIDE_A_SLOW_COUNTER: typeof ACROSS_A_MINUTE = [
  [[act(58_000, 24, { together: true, logins: 0 })]],
  0,
  100,
  150,
];

describe('the limits of the service', () => {
  it('let an idle run pass at once and without asking the counter', async () => {
    const { time, counter, made, driver, worker } = fleet();
    const limits = worker();
    await time.run(opened(limits, { driver }).then(read));
    expect({ waited: time.clock() - START, asked: counter.asked, made }).toEqual({
      waited: 0,
      asked: 0,
      made: [START],
    });
  });

  it('spread the calls of a worker over the second, and let a login overtake them', async () => {
    const { time, made, driver, worker } = fleet();
    const marketplace = await time.run(opened(worker(), { driver }));
    let loggedIn = 0;
    const calls = Array.from({ length: 40 }, () => read(marketplace));
    const later = async () => {
      await time.sleep(60);
      await login(marketplace);
      loggedIn = time.clock();
    };
    await time.run(Promise.all([...calls, later()]));
    expect(made).toHaveLength(41);
    expect(most(made, SECOND)).toBe(9);
    expect(loggedIn - START).toBeLessThan(SECOND);
  });

  it('draw from the counter by the hundred, and each key has its own', async () => {
    const { time, counter, driver, worker } = fleet({ ...BUDGET, perSecond: 1_000 });
    const limits = worker();
    for (const key of ['k1', 'k2']) {
      const marketplace = await time.run(opened(limits, { driver, key }));
      for (let call = 0; call < 120; call += 1) await time.run(read(marketplace));
    }
    expect(counter.asked).toBe(2);
  });

  it('stop a run whose key has no calls left this minute, until the next one; its login goes on', async () => {
    const { time, counter, made, driver, worker } = fleet({ perSecond: 96, perMinute: 130, workers: 1 });
    const marketplace = await time.run(opened(worker(), { driver }));
    const all = Array.from({ length: 150 }, () => read(marketplace).catch((error: unknown) => error));
    const stops = (await time.run(Promise.all(all))).filter((error) => error instanceof OwnStop);
    expect(made).toHaveLength(120);
    expect(stops).toHaveLength(30);
    expect(stops[0]).toMatchObject({ reason: 'calls-budget', againAtMillis: plus(START, 70 * SECOND) });
    expect(counter.asked).toBe(2);
    await time.run(Promise.resolve(login(marketplace)));
    expect(made).toHaveLength(121);
    // Near the end of the minute the call waits instead.
    time.set(plus(START, 57 * SECOND));
    await time.run(read(marketplace));
    expect(time.clock()).toBe(plus(START, MINUTE));
  });

  it('count a call in the minute in which it is made, not in the one in which it was allowed', async () => {
    const { time, made, driver, worker } = fleet({ perSecond: 4, perMinute: 130, workers: 1 });
    time.set(plus(START, 54 * SECOND));
    const marketplace = await time.run(opened(worker(), { driver }));
    const many = () => Array.from({ length: 120 }, () => read(marketplace).catch(() => undefined));
    const first = many();
    const later = time.sleep(40 * SECOND).then(() => Promise.all(many()));
    await time.run(Promise.all([...first, later]));
    expect(made.length).toBeGreaterThan(130);
    expect(Math.max(...byMinute(made))).toBeLessThanOrEqual(130);
  });

  it('make no calls beyond the free ones while the counter cannot be reached', async () => {
    const { time, counter, made, driver, worker } = fleet();
    counter.down = true;
    const limits = worker();
    const marketplace = await time.run(opened(limits, { driver }));
    const all = Array.from({ length: 50 }, () => read(marketplace).catch((error: Error) => error.message));
    expect(
      (await time.run(Promise.all(all))).filter((answer) => answer === 'the store is down'),
    ).toHaveLength(30);
    expect(made).toHaveLength(20);
    // A run does not begin if no call is left for a login.
    for (let left = 10; left > 0; left -= 1) await time.run(Promise.resolve(login(marketplace)));
    await expect(time.run(opened(limits, { driver }))).rejects.toThrow('the store is down');
  });

  it('refuse a fleet that is too large for them', () => {
    expect(() => fleet({ ...BUDGET, workers: 97 }).worker()).toThrow(RangeError);
    expect(() => fleet({ perSecond: 96, perMinute: 399, workers: 10 }).worker()).toThrow(RangeError);
  });

  it('are kept by any number of workers, whatever they do, and nobody waits for ever', async () => {
    const act = fc.record({
      rest: fc.constantFrom(0, 1, 90, 400, 1_000, 20_000, 58_000),
      calls: fc.integer({ min: 1, max: 120 }),
      together: fc.boolean(),
      logins: fc.integer({ min: 0, max: 3 }),
    });
    const property = fc.asyncProperty(
      fc.array(fc.array(act, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 84 }),
      fc.integer({ min: 100, max: 400 }),
      fc.constantFrom(0, 7, 150),
      async (workers, more, shared, slow) => {
        const budget = {
          perSecond: workers.length + more,
          perMinute: workers.length * 30 + shared,
          workers: workers.length,
        };
        const { time, made, store, driver, worker } = fleet(budget);
        store.slow = slow;
        const attempted = { calls: 0, stopped: 0 };
        const attempt = async (call: Promise<unknown> | undefined) => {
          attempted.calls += 1;
          await call?.catch((error: unknown) => {
            if (!(error instanceof OwnStop)) throw error;
            attempted.stopped += 1;
            expect(error.againAtMillis).toBeGreaterThan(time.clock());
          });
        };
        const live = async (acts: (typeof workers)[number]) => {
          const limits = worker();
          for (const { rest, calls, together, logins } of acts) {
            await time.sleep(rest);
            const marketplace = await opened(limits, { driver }).catch(() => undefined);
            if (marketplace === undefined) continue;
            for (let count = 0; count < logins; count += 1) {
              const asked = time.clock();
              await attempt(login(marketplace));
              expect(time.clock() - asked).toBeLessThanOrEqual(SECOND);
            }
            const one = () => attempt(read(marketplace));
            if (together) await Promise.all(Array.from({ length: calls }, one));
            else for (let count = 0; count < calls; count += 1) await one();
          }
        };
        await time.run(Promise.all(workers.map(live)));
        expect(most(made, SECOND)).toBeLessThanOrEqual(budget.perSecond);
        expect(Math.max(0, ...byMinute(made))).toBeLessThanOrEqual(budget.perMinute);
        expect(made).toHaveLength(attempted.calls - attempted.stopped);
      },
    );
    await fc.assert(property, { numRuns: 60, examples: [ACROSS_A_MINUTE, BESIDE_A_SLOW_COUNTER] });
  }, 60_000);
});
