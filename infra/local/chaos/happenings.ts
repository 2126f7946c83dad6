import { request } from '../http-client.ts';
import { listAccounts } from '../sellers.ts';
import type { World } from '../world.ts';
import { type Chance, pickWeighted } from './chance.ts';
import type { ChaosCounts } from './counts.ts';
import { killOne, OTHERS, WORKERS } from './kills.ts';
import { planLoginTroubles } from './logins.ts';

interface Stage {
  readonly world: World;
  readonly chance: Chance;
  readonly counts: ChaosCounts;
  readonly troubleStore: (requests: number) => void;
}

const READ_OPERATIONS = [
  'doGetSiteJournalDeals',
  'doGetSiteJournalDealsInfo',
  'doGetPostBuyFormsDataForSellers',
  'doGetDeals',
  'doGetPostBuyData',
  'doGetPostBuyFormsIds',
  'doGetSiteJournal',
  'doGetMySellItems',
  'doQuerySysStatus',
] as const;

const BREAKAGES = [
  { kind: 'drop-before' },
  { kind: 'drop-after' },
  { kind: 'http-503' },
  { kind: 'truncate' },
  { kind: 'empty-200' },
  { kind: 'delay' },
  { kind: 'fault', code: 'ERR_WEBAPI_NOT_AVAIL' },
  { kind: 'fault', code: 'ERR_NO_DATABASE' },
  { kind: 'broken-character' },
  { kind: 'broken-character', text: '&#11;' },
  { kind: 'broken-character', text: '&#55357;' },
  { kind: 'fault', code: 'ERR_INTERNAL_SYSTEM_ERROR' },
  { kind: 'fault', code: 'SOAP-ENV:Client', text: 'Internal Server Error' },
] as const;

/** Lets one thing go wrong each time that it is called. */
export async function happenings(stage: Stage): Promise<() => Promise<void>> {
  const { world, chance, counts } = stage;
  const loginTroubles = await planLoginTroubles(stage);
  const logins = (await listAccounts(world.stack.apiUrl)).map(({ login }) => login).sort();
  const post = (path: string, body: object) =>
    request(world.simulator.url, { method: 'POST', path: `/_sim${path}`, body });
  const kill = async (functionIds: readonly string[], among: number) => {
    if (killOne(world.stack, { chance, functionIds, among })) counts.killed += 1;
  };
  const breakCalls = async () => {
    const times = chance.int(1, 3);
    counts.broken += times;
    const operation = chance.pick(READ_OPERATIONS);
    await post('/faults', { operation, times, millis: chance.int(50, 1_500), ...chance.pick(BREAKAGES) });
  };
  const journal = async (what: 'duplicate' | 'late') => {
    await post(`/journal/${what}`, { seller: chance.pick(logins), count: chance.int(1, 20) });
  };
  const choices = [
    [60, () => kill(WORKERS, 10)],
    [5, () => kill(OTHERS, 2)],
    [30, breakCalls],
    [8, async () => stage.troubleStore(chance.int(5, 60))],
    [5, () => journal('duplicate')],
    [5, () => journal('late')],
    [8, () => loginTroubles.next()],
  ] as const;
  return async () => {
    await pickWeighted<() => Promise<unknown>>(chance, choices)();
  };
}
