import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as soap from 'soap';
import { describe, expect, it } from 'vitest';
import { type Play, play } from './kit.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/wsdl');
const DOCLIT = join(SHARED, 'allegro-service-document-literal.wsdl');
const RPC = join(SHARED, 'aukro-uploader-rpc-encoded.wsdl');
const sources = (file: string) =>
  existsSync(file) ? (['served', 'published'] as const) : (['served'] as const);

async function clientFor(wsdl: string, address: string) {
  const client = await soap.createClientAsync(wsdl, { endpoint: address });
  return async (operation: string, request: object) => (await client[`${operation}Async`](request))[0];
}

/** A seller with more events than one page holds. */
async function busy() {
  const simulator = await play();
  const password = await simulator.seller('sklep');
  await simulator.control('POST buyers', { orders: 70 });
  return { simulator, password };
}

async function expectDrained(simulator: Play, dealIds: readonly unknown[]) {
  const { orders } = await simulator.control<{
    orders: { lines: { purchases: { purchaseId: string }[] }[] }[];
  }>('GET orders');
  const wanted = orders.flatMap(({ lines }) =>
    lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId)),
  );
  expect([...new Set(dealIds.map(String))].toSorted()).toEqual([...new Set(wanted)].toSorted());
  expect(dealIds.length).toBeGreaterThan(100);
  expect((await simulator.stats()).malformed).toBe(0);
}

describe.each(sources(DOCLIT))(
  'a client made by the soap package from the %s document/literal WSDL',
  (which) => {
    it('logs in, drains the journal, reads a form, and sees faults', async () => {
      const { simulator, password } = await busy();
      const address = `${simulator.url}/service.php`;
      const call = await clientFor(which === 'served' ? `${address}?wsdl` : DOCLIT, address);
      const webapiKey = 'k0000test1';
      const { verKey } = await call('doQuerySysStatus', { sysvar: 4, countryId: 1, webapiKey });
      // The order of these keys is the order on the wire, which the simulator checks.
      const login = (userPassword: string) => ({
        userLogin: 'sklep',
        userPassword,
        countryCode: 1,
        webapiKey,
        localVersion: verKey,
      });
      const { sessionHandlePart } = await call('doLogin', login(password));
      const events: {
        dealEventId: number;
        dealId: number;
        dealEventType: number;
        dealTransactionId: number;
      }[] = [];
      for (let size = 100; size === 100; ) {
        const journalStart = events.at(-1)?.dealEventId ?? 0;
        const { siteJournalDeals } = await call('doGetSiteJournalDeals', {
          sessionId: sessionHandlePart,
          journalStart,
        });
        events.push(...siteJournalDeals.item);
        size = siteJournalDeals.item.length;
      }
      const filled = events.find(({ dealEventType }) => dealEventType === 2);
      const { postBuyFormData } = await call('doGetPostBuyFormsDataForSellers', {
        sessionId: sessionHandlePart,
        transactionsIdsArray: { item: [filled?.dealTransactionId] },
      });
      expect(postBuyFormData.item[0].postBuyFormId).toBe(filled?.dealTransactionId);
      await expectDrained(
        simulator,
        events.map(({ dealId }) => dealId),
      );
      await expect(call('doLogin', login('wrong'))).rejects.toThrow(/ERR_USER_PASSWD/);
    });
  },
);

/** A value of a typed element, as the package returns it; values within arrays are text. */
interface Typed {
  readonly $value: string | number;
}

describe.each(sources(RPC))('a client made by the soap package from the %s RPC/encoded WSDL', (which) => {
  it('logs in, drains the journal, reads a form, and sees faults', async () => {
    const { simulator, password } = await busy();
    const address = `${simulator.url}/uploader.php`;
    const call = await clientFor(which === 'served' ? `${address}?wsdl` : RPC, address);
    const key = { 'webapi-key': 'k0000test1' };
    const status = await call('doQuerySysStatus', { sysvar: 4, 'country-id': 1, ...key });
    const login = (password: string) => ({
      'user-login': 'sklep',
      'user-password': password,
      'country-code': 1,
      ...key,
      'local-version': status['ver-key'].$value,
    });
    const session = { 'session-id': (await call('doLogin', login(password)))['session-handle-part'].$value };
    const events: Record<string, Typed>[] = [];
    for (let size = 100; size === 100; ) {
      const start = events.at(-1)?.['deal-event-id']?.$value ?? 0;
      const page = await call('doGetSiteJournalDeals', { ...session, 'journal-start': start });
      // The package returns a single element as an object, and no element as nothing.
      const items = [page['site-journal-deals'].item ?? []].flat();
      events.push(...items);
      size = items.length;
    }
    const filled = events.find((event) => String(event['deal-event-type']?.$value) === '2')?.[
      'deal-transaction-id'
    ]?.$value;
    const forms = await call('doGetPostBuyFormsDataForSellers', {
      ...session,
      'transactions-ids-array': { item: [filled] },
    });
    expect(forms['post-buy-form-data'].item['post-buy-form-id'].$value).toBe(filled);
    await expectDrained(
      simulator,
      events.map((event) => event['deal-id']?.$value),
    );
    await expect(call('doLogin', login('wrong'))).rejects.toThrow(/ERR_USER_PASSWD/);
  });
});
