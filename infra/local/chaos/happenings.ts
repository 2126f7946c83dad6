import { attempt, request } from '../http-client.ts';
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

const LISTS = ['doGetPostBuyFormsIds', 'doGetFilledPostBuyForms'] as const;

/** Codes with which a single list or sale is refused while others can be read. */
const REFUSALS = [
  'ERR_BLOCKED_USER_CANT_INVOKE_METHOD',
  'ERR_NEW_PAYMENT_INTERNAL_ERROR',
  'ERR_INTERNAL_SYSTEM_ERROR',
  'ERR_WEBAPI_NOT_AVAIL',
] as const;

/** Prepares the trouble; each call of the returned function makes one thing go wrong. */
export async function happenings(stage: Stage): Promise<() => Promise<void>> {
  const { world, chance, counts } = stage;
  const loginTroubles = await planLoginTroubles(stage);
  const accounts = (await listAccounts(world.api)).sort((a, b) => (a.login < b.login ? -1 : 1));
  const logins = accounts.map(({ login }) => login);
  const post = <T>(path: string, body: object) =>
    request<T>(world.simulator.url, { method: 'POST', path: `/_sim${path}`, body });
  const kill = async (functionIds: readonly string[], among: number) => {
    if (killOne(world.stack, { chance, functionIds, among })) counts.killed += 1;
  };
  const breakCalls = async () => {
    const times = chance.int(1, 3);
    counts.broken += times;
    const operation = chance.pick(READ_OPERATIONS);
    await post('/faults', { operation, times, millis: chance.int(50, 1_500), ...chance.pick(BREAKAGES) });
  };
  /** Breaks a list and asks for a check, because only checks read the lists. */
  const breakList = async () => {
    counts.listsBroken += 1;
    const { accountId, login } = chance.pick(accounts);
    const fault = { kind: 'fault', code: chance.pick(REFUSALS), times: chance.int(1, 3) };
    await post('/faults', { operation: chance.pick(LISTS), seller: login, ...fault });
    await attempt(world.api, { method: 'POST', path: `/accounts/${accountId}/completeness` });
  };
  const refuseSale = async () => {
    const spoil = { kind: 'refused', element: chance.pick(REFUSALS), count: chance.int(1, 2) };
    const { saleIds } = await post<{ saleIds: string[] }>('/sales/spoil', {
      seller: chance.pick(logins),
      ...spoil,
    });
    counts.salesRefused += saleIds.length;
  };
  /** Repairs an order, which works beside the runs, without their claim. */
  const repairOne = async () => {
    const path = `/accounts/${chance.pick(accounts).accountId}/orders`;
    const { body } = await attempt(world.api, { path: `${path}?limit=20` });
    const { orders = [] } = (body ?? {}) as { orders?: { orderId: string }[] };
    if (orders.length === 0) return;
    counts.repaired += 1;
    const { orderId } = chance.pick(orders);
    await attempt(world.api, { method: 'POST', path: `${path}/${orderId}/repair` });
  };
  const journal = async (what: 'duplicate' | 'late') => {
    await post(`/journal/${what}`, { seller: chance.pick(logins), count: chance.int(1, 20) });
  };
  const leap = () => post('/journal/leap', { seller: chance.pick(logins) });
  const choices = [
    [60, () => kill(WORKERS, 10)],
    [5, () => kill(OTHERS, 2)],
    [30, breakCalls],
    [8, async () => stage.troubleStore(chance.int(5, 60))],
    [5, () => journal('duplicate')],
    [5, () => journal('late')],
    [4, breakList],
    [2, refuseSale],
    [4, repairOne],
    [2, leap],
    [8, () => loginTroubles.next()],
  ] as const;
  return async () => {
    await pickWeighted<() => Promise<unknown>>(chance, choices)();
  };
}
