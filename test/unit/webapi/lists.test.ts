import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import { epochSeconds } from '../../../functions/core/base/time.ts';
import type { ListKind } from '../../../functions/core/marketplace/lists.ts';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import { isSurcharge, orderIdOfSale } from '../../../functions/core/orders/order.ts';
import { MARKETPLACE_PRESETS } from '../../../functions/webapi/presets.ts';
import { batchOf } from '../../support/reads.ts';
import { createWebapi, logInTo } from '../../support/webapi.ts';
import { play } from '../simulator/kit.ts';
import { DIALECTS, KEY, SOON, settingsFor } from './support.ts';

const SERVICES = {
  'document-literal': { path: 'service.php', namespace: 'urn:SandboxWebApi' },
  'rpc-encoded': { path: 'uploader.php', namespace: 'urn:AllegroWebApi' },
};
const DAY = 86_400;

interface TrueOrder {
  readonly orderId: string;
  readonly live: boolean;
  readonly state: string;
}

/** A seller with orders of today, a session, and the true orders. */
async function opened(dialect: (typeof DIALECTS)[number], orders: number) {
  const simulator = await play();
  const { path, namespace } = SERVICES[dialect];
  const settings = { ...settingsFor(`${simulator.url}/${path}`, dialect), namespace };
  const webapi = createWebapi(settings);
  const applicationPassword = new Secret(await simulator.seller('sklep'));
  await simulator.control('POST buyers', { orders });
  const credentials = { login: 'sklep', applicationPassword, integrationKey: KEY };
  const { session: handle } = await logInTo(webapi, credentials, SOON);
  const truth = await simulator.control<{ orders: TrueOrder[] }>('GET orders?seller=sklep');
  const { now } = await simulator.control<{ now: number }>('POST clock', { advanceSeconds: 0 });
  const sales = truth.orders.filter(({ orderId }) => orderId.startsWith('order:'));
  return { simulator, webapi, handle, sales, now };
}

type Opened = Awaited<ReturnType<typeof opened>>;

/** Reads all pages of a list; every page but the last has a next position. */
async function read({ webapi, handle, now }: Opened, list: ListKind, days = 3) {
  const query = { list, from: epochSeconds(now - days * DAY), to: epochSeconds(now + 1) };
  const ids: string[] = [];
  const shares: number[] = [];
  let position: string | undefined;
  do {
    const page = await webapi.lists.salePage(handle, { ...query, position }, SOON);
    ids.push(...page.saleIds);
    shares.push(page.share);
    position = page.next;
  } while (position !== undefined);
  return { ids: new Set(ids), shares };
}

/** The ids without surcharges, which some lists mix in. */
async function orderIds(
  { webapi, handle }: { webapi: Marketplace; handle: Secret },
  ids: ReadonlySet<string>,
) {
  const found: string[] = [];
  const all = [...ids];
  for (let start = 0; start < all.length; start += 25) {
    const { sales } = await batchOf(webapi.sales.read(handle, all.slice(start, start + 25), SOON));
    found.push(...sales.filter((form) => !isSurcharge(form)).map(({ id }) => orderIdOfSale(id)));
  }
  return found.sort();
}

const idsOf = (sales: readonly TrueOrder[]): string[] => sales.map(({ orderId }) => orderId).sort();

describe.each(DIALECTS)('the lists of sales, in %s', (dialect) => {
  it('name all that they promise', async () => {
    const one = await opened(dialect, 120);
    const live = one.sales.filter((form) => form.live);
    const lists = one.webapi.lists.saleLists;
    expect(lists).toEqual(
      dialect === 'rpc-encoded'
        ? ['filled-sales', 'sales-by-offer']
        : ['all-sales', 'filled-sales', 'sales-by-offer'],
    );
    if (lists.includes('all-sales')) {
      expect(await orderIds(one, (await read(one, 'all-sales')).ids)).toEqual(idsOf(one.sales));
    }
    const filled = await read(one, 'filled-sales');
    expect(await orderIds(one, filled.ids)).toEqual(idsOf(live));
    expect(filled.shares).toHaveLength(4);
    const sold = await read(one, 'sales-by-offer');
    const safe = live.filter(({ state }) => state === 'paid' || state === 'ready-to-ship');
    expect(await orderIds(one, sold.ids)).toEqual(expect.arrayContaining(idsOf(safe)));
    expect(sold.shares).toEqual([...sold.shares].sort((a, b) => a - b));
    expect(sold.shares.at(-1)).toBe(1);
    expect((await one.simulator.stats()).malformed).toBe(0);
  });
});

describe('a list', () => {
  it('is read in pages of a thousand sales', async () => {
    const one = await opened('document-literal', 1_100);
    expect((await read(one, 'all-sales')).shares.length).toBeGreaterThan(1);
    expect((await orderIds(one, (await read(one, 'all-sales')).ids)).length).toBe(one.sales.length);
  });

  it('is refused without a call, and not named, if the marketplace has dropped it', async () => {
    const aukro = createWebapi(MARKETPLACE_PRESETS.aukro);
    expect(aukro.lists.saleLists).toEqual(['all-sales', 'sales-by-offer']);
    const query = { list: 'filled-sales', from: epochSeconds(0), to: epochSeconds(1) } as const;
    await expect(aukro.lists.salePage(new Secret('handle'), query, SOON)).rejects.toMatchObject({
      reason: 'feature-unknown',
      outcome: 'not-sent',
    });
  });
});
