import { afterAll, beforeAll, expect, it } from 'vitest';
import { orderAccidents } from '../../infra/local/chaos/accidents.ts';
import { Chance } from '../../infra/local/chaos/chance.ts';
import { noChaos } from '../../infra/local/chaos/counts.ts';
import { killOne, WORKERS } from '../../infra/local/chaos/kills.ts';
import { helper } from '../../infra/local/chaos/people.ts';
import { compareAll } from '../../infra/local/compare.ts';
import { listAccounts } from '../../infra/local/sellers.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';

/** `KILLS=50 SEED=7 npm run test:long -- kills` runs fewer kills, or repeats a failed run. */
const KILLS = Number(process.env.KILLS ?? 500);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);
const SELLERS = 4;
/**
 * Most requests to the store between two kills: fewer than a run with events makes, so that kills fall within
 * runs.
 */
const CALM = 40;
/** Number of kills after which buyers buy again. */
const KILLS_A_WAVE = 10;
const ORDERS_A_WAVE = 12;

const counts = noChaos();
const ordered = orderAccidents({ seed: SEED, counts });
const chance = new Chance(SEED);
let klamka: Klamka;
let help: () => Promise<void>;

beforeAll(async () => {
  klamka = await startKlamka({ seed: SEED, accidents: ordered.accidents });
  const time = ordered.attach(klamka.world.stack);
  help = helper({ world: klamka.world, time, counts });
  const integrationKeyId = await klamka.registerKey();
  for (let index = 0; index < SELLERS; index += 1) {
    const { login, applicationPassword } = await klamka.seller();
    const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
    await klamka.api('POST', '/accounts', body);
  }
  await klamka.settle();
});
afterAll(() => klamka.close());

/** Lets buyers buy and workers work, and kills workers until `most` have died. */
async function killing(most: number): Promise<void> {
  await klamka.sim('POST', '/buyers', { orders: ORDERS_A_WAVE, pace: 'live', stepsPerSecond: 20 });
  const over = new AbortController();
  const until = counts.killed + most;
  const work = async () => {
    while (!over.signal.aborted) {
      await klamka.settle();
      await help();
    }
  };
  const kill = async () => {
    while (counts.killed < until) {
      await ordered.afterRequests(chance.int(1, CALM), over.signal);
      if (killOne(klamka.world.stack, { chance, functionIds: WORKERS, among: SELLERS })) counts.killed += 1;
    }
    over.abort();
  };
  await Promise.all([work(), kill()]);
}

async function settled(): Promise<boolean> {
  await klamka.settle();
  await help();
  const accounts = await listAccounts(klamka.world.api);
  return accounts.every(({ lastRun }) => lastRun?.outcome === 'done' && lastRun.events === 0);
}

it(`loses and doubles nothing when ${KILLS} workers are killed (SEED=${SEED})`, async () => {
  const started = performance.now();
  while (counts.killed < KILLS) await killing(Math.min(KILLS_A_WAVE, KILLS - counts.killed));
  await klamka.sim('POST', '/buyers/finish');
  while (!(await settled()));
  const places = { api: klamka.world.api, simulator: klamka.world.simulator.url };
  const compared = await compareAll(places);
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(JSON.stringify({ seed: SEED, killed: counts.killed, seconds, ...compared }));
  expect(compared).toMatchObject({ missing: 0, doubled: 0, different: 0, examples: [] });
  expect(compared.made).toBe(Math.ceil(KILLS / KILLS_A_WAVE) * ORDERS_A_WAVE);
  const { logins } = (await klamka.sim('GET', '/stats')) as {
    logins: Record<string, { failures: number; locked: boolean }>;
  };
  expect(Object.values(logins).filter(({ failures, locked }) => locked || failures > 0)).toEqual([]);
});
