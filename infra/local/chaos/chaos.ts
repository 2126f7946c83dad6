import { setTimeout } from 'node:timers/promises';
import { request } from '../http-client.ts';
import type { Accidents } from '../stack/stack.ts';
import type { World } from '../world.ts';
import { orderAccidents } from './accidents.ts';
import { Chance } from './chance.ts';
import { type ChaosCounts, noChaos } from './counts.ts';
import { happenings } from './happenings.ts';
import { helper } from './people.ts';

/** Everything that goes wrong while orders are made, drawn from a seed. */
export interface Chaos {
  /** Accidents to hand to the stack. */
  readonly accidents: Accidents;
  readonly counts: Readonly<ChaosCounts>;
  begin(world: World): Promise<void>;
  /** Ends all trouble: nothing breaks after this. */
  end(): Promise<void>;
  /** Brings accounts that are not well what they wait for: a person's help, or the end of a waiting time. */
  help(): Promise<void>;
}

/** Settings with which the marketplace's journal loses, repeats and delays events during the run. */
const QUIRKS = {
  outOfOrder: 0.3,
  behindCursor: 0.03,
  duplicates: 0.05,
  lossy: 0.02,
  journalDelaySeconds: 2,
  contradicts: 0.03,
  journalPage: 70,
  misnames: 0.02,
  leaves: 0.1,
  unreadableEvents: 0.01,
};
const HEALED = {
  outOfOrder: 0.2,
  behindCursor: 0,
  duplicates: 0,
  lossy: 0,
  journalDelaySeconds: 0,
  contradicts: 0,
  journalPage: 100,
  misnames: 0,
  leaves: 0,
  unreadableEvents: 0,
};
/** Probability that the ids of the journal begin anew at the end. */
const RESTARTED = 0.5;
/** Seconds that exceed the delay of any event, so that all events are written. */
const JOURNAL_RESTS_SECONDS = 10;

const HELP_EVERY_MILLIS = 1_000;
/** Bounds of the number of requests between two accidents. An order takes some ten requests. */
const calmFor = ({ orders }: { orders: number }) => ({
  least: 10,
  most: Math.round(Math.min(600, Math.max(60, orders / 33))),
});

export function planChaos({ seed, orders }: { seed: number; orders: number }): Chaos {
  const counts = noChaos();
  const ordered = orderAccidents({ seed: seed + 1, counts });
  const chance = new Chance(seed);
  const stop = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  let suffering: World | undefined;
  let helpAll: () => Promise<void> = async () => undefined;
  return {
    accidents: ordered.accidents,
    counts,
    help: () => helpAll(),
    begin: async (world) => {
      suffering = world;
      helpAll = helper({ world, time: ordered.attach(world.stack), counts });
      await changeSettings(world, QUIRKS);
      const happen = await happenings({ world, counts, chance, troubleStore: ordered.troubleStore });
      const { signal } = stop;
      const { least, most } = calmFor({ orders });
      const calm = () => ordered.afterRequests(chance.int(least, most), signal);
      const pause = () => setTimeout(HELP_EVERY_MILLIS, undefined, { signal }).catch(() => undefined);
      running = Promise.all([
        repeatedly(signal, { act: happen, rest: calm }),
        repeatedly(signal, { act: helpAll, rest: pause }),
      ]);
    },
    end: async () => {
      stop.abort();
      await running;
      ordered.troubleStore(0);
      if (suffering === undefined) return;
      await request(suffering.simulator.url, { method: 'DELETE', path: '/_sim/faults' });
      const mend = {
        method: 'POST',
        path: '/_sim/sales/spoil',
        body: { kind: null, count: 10_000 },
      } as const;
      await request(suffering.simulator.url, mend);
      await changeSettings(suffering, HEALED);
      // A journal that began anew is found hourly, or by a check on demand, as the end of the run asks for.
      if (chance.happens(RESTARTED))
        await request(suffering.simulator.url, { method: 'POST', path: '/_sim/journal/restart' });
      const advanceSeconds = JOURNAL_RESTS_SECONDS;
      await request(suffering.simulator.url, {
        method: 'POST',
        path: '/_sim/clock',
        body: { advanceSeconds },
      });
      const { journal } = await request<{ journal: Pick<ChaosCounts, 'lost' | 'repeated' | 'late'> }>(
        suffering.simulator.url,
        { path: '/_sim/stats' },
      );
      Object.assign(counts, journal);
    },
  };
}

const changeSettings = ({ simulator }: World, settings: object): Promise<unknown> =>
  request(simulator.url, { method: 'POST', path: '/_sim/settings', body: settings });

async function repeatedly(
  signal: AbortSignal,
  { act, rest }: { act: () => Promise<void>; rest: () => Promise<void> },
): Promise<void> {
  while (!signal.aborted) {
    await act();
    await rest();
  }
}
