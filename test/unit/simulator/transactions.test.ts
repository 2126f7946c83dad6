import { describe, expect, it } from 'vitest';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { DIALECTS, listOf, type Row, shop } from './dialects.ts';
import { at, items, texts } from './kit.ts';
import { minor } from './orders-kit.ts';

async function busyShop(dialect: (typeof DIALECTS)[number]) {
  const shopping = await shop(dialect, { orders: 80 });
  const { orders } = await shopping.simulator.control<{ orders: TrueOrder[] }>('GET orders');
  const forms = orders.filter(({ orderId }) => orderId.startsWith('order:'));
  const session: Row = ['sessionId', shopping.session];
  const handle: Row = ['sessionHandle', shopping.session];
  return { ...shopping, session, handle, forms };
}

const saleIds = (orders: readonly TrueOrder[]) => orders.map(({ orderId }) => orderId.slice(6));
const numbers = (list: readonly { text: string }[]) => list.map(({ text }) => text);
const descending = (ids: readonly string[]) => ids.toSorted((a, b) => Number(b) - Number(a));

describe.each(DIALECTS)('in %s', (dialect) => {
  it('doGetTransactionsIDs gives forms that are paid or cash on delivery, newest first', async () => {
    const { say, handle, forms } = await busyShop(dialect);
    const offers = [...new Set(forms.flatMap(({ lines }) => lines.map(({ offerId }) => offerId)))];
    const [offer = ''] = offers;
    const ask = (role: string, ids: readonly string[], more: readonly Row[] = []) =>
      say('doGetTransactionsIDs', [handle, ['itemsIdArray', listOf(...ids)], ['userRole', role], ...more]);
    const known = new Set(saleIds(forms));
    for (const asked of [offers, [offer]]) {
      const wanted = forms.filter(
        ({ state, lines }) =>
          ['paid', 'ready-to-ship'].includes(state) && lines.some(({ offerId }) => asked.includes(offerId)),
      );
      const found = numbers(items(at((await ask('seller', asked)).body, 'transactionsIdsArray')));
      expect(found.filter((id) => known.has(id))).toEqual(descending(saleIds(wanted)));
    }
    expect(
      items(
        at((await ask('seller', [offer], [['shipmentIdArray', listOf(4711)]])).body, 'transactionsIdsArray'),
      ),
    ).toEqual([]);
    expect((await ask('neither', [offer])).fault).toBe('ERR_INVALID_USER_TYPE');
    expect((await ask('seller', [])).fault).toBe('ERR_INPUT_ARRAY_EMPTY');
    expect((await ask('seller', Array(26).fill(offer))).fault).toBe('ERR_ITEMS_ARRAY_OVERSIZED');
  });

  it('doGetFilledPostBuyForms filters by payment and time', async () => {
    const { say, session, forms } = await busyShop(dialect);
    const ask = (paymentType: number, role: number, more: readonly Row[] = []) =>
      say('doGetFilledPostBuyForms', [session, ['paymentType', paymentType], ['userRole', role], ...more]);
    const ids = async (...args: Parameters<typeof ask>) =>
      numbers(items(at((await ask(...args)).body, 'filledPostBuyForms.transactionIds')));
    const live = forms.filter(({ state }) => state !== 'released');
    const of = (...states: string[]) =>
      descending(saleIds(live.filter(({ state }) => states.includes(state))));
    expect(await ids(7, 1)).toEqual(descending(saleIds(live)));
    expect(await ids(1, 1)).toEqual(of('paid', 'awaiting-payment', 'payment-withdrawn'));
    expect(await ids(2, 1)).toEqual(of('awaiting-manual-payment'));
    expect(await ids(4, 1)).toEqual(of('ready-to-ship'));
    expect(await ids(7, 2)).toEqual([]);
    expect(
      await ids(7, 1, [
        ['fillingTimeFrom', 0],
        ['fillingTimeTo', 1_000],
      ]),
    ).toEqual([]);
    expect((await ask(8, 1)).fault).toBe('ERR_INCORRECT_PAYMENT_TYPE');
    expect((await ask(7, 3)).fault).toBe('ERR_INCORRECT_USER_ROLE');
  });

  it('doGetMyIncomingPayments lists finished payments as the truth says, by pages', async () => {
    const { say, handle, forms, simulator } = await busyShop(dialect);
    const ask = async (...more: Row[]) =>
      items(at((await say('doGetMyIncomingPayments', [handle, ...more])).body, 'payTransIncome'));
    const paid = forms.filter(({ state }) => state === 'paid');
    const pages = [await ask(), await ask(['transOffset', 1]), await ask(['transOffset', 2])];
    expect(pages.map((page) => page.length)).toEqual([
      25,
      Math.min(25, paid.length - 25),
      Math.max(0, paid.length - 50),
    ]);
    const told = pages
      .flat()
      .map(
        (node) =>
          ({ ...texts(node), details: items(at(node, 'payTransDetails')).map(texts) }) as Record<
            string,
            string
          > & { details: Record<string, string>[] },
      );
    expect(
      told
        .map(({ payTransBuyerId, payTransAmount }) => `${payTransBuyerId} ${minor(payTransAmount ?? '')}`)
        .toSorted(),
    ).toEqual(paid.map(({ buyer, total }) => `${buyer.id} ${total.minor}`).toSorted());
    expect(told.every(({ payTransStatus }) => payTransStatus === 'Zakończona')).toBe(true);
    const cart = told.find(({ details }) => details.length > 0);
    expect(cart).toMatchObject({ payTransItId: '0', payTransCount: '0' });
    const single = told.find(({ details }) => details.length === 0);
    expect(Number(single?.payTransItId)).toBeGreaterThan(8_000_000_000);
    expect(await ask(['transPageLimit', 2])).toHaveLength(2);
    expect(await ask(['transPageLimit', 26])).toHaveLength(25);
    expect(await ask(['buyerId', 5])).toEqual([]);
    const mine = paid.filter(({ buyer }) => buyer.id === paid[0]?.buyer.id);
    expect(await ask(['buyerId', paid[0]?.buyer.id ?? ''])).toHaveLength(mine.length);
    await simulator.control('POST settings', { sessionSeconds: 10_000_000 });
    await simulator.control('POST clock', { advanceSeconds: 8 * 86_400 });
    expect(await ask()).toEqual([]);
    const paidAt = told[0]?.payTransRecvDate ?? '';
    expect(await ask(['transRecvDateFrom', paidAt])).toHaveLength(25);
    expect(await ask(['transRecvDateTo', Number(paidAt) - 2 * 86_400])).toEqual([]);
  });

  it('doGetPaymentMethods leaves out a way to pay that forms use', async () => {
    const { say, session, forms } = await busyShop(dialect);
    const offer = forms[0]?.lines[0]?.offerId ?? '';
    const ask = (...ids: string[]) => say('doGetPaymentMethods', [session, ['itemIds', listOf(...ids)]]);
    const ids = items(at((await ask(offer)).body, 'paymentMethods')).map(
      (node) => at(node, 'paymentMethodId').text,
    );
    expect(ids).toEqual(expect.arrayContaining(['co', 'wire_transfer', 'collect_on_delivery']));
    expect(ids).not.toContain('ai');
    expect(items(at((await ask('5')).body, 'paymentMethods'))).toEqual([]);
    expect((await ask()).fault).toBe('ERR_INPUT_ARRAY_EMPTY');
  });

  it('doAddPackageInfoToPostBuyForm sorts parcels and shows the good ones in the form', async () => {
    const { say, session, forms } = await busyShop(dialect);
    const formId = saleIds(forms)[0] ?? '';
    const read = async () => {
      const { body } = await say('doGetPostBuyFormsDataForSellers', [
        session,
        ['transactionsIdsArray', listOf(formId)],
      ]);
      return at(body, 'postBuyFormData.item');
    };
    const before = items(at(await read(), 'postBuyFormShipmentTracking')).length;
    const add = (id: string, parcels: readonly (readonly [number, string])[]) =>
      say('doAddPackageInfoToPostBuyForm', [
        session,
        ['transactionId', id],
        [
          'packageInfo',
          listOf(
            ...parcels.map(([operatorId, packageId]): Row[] => [
              ['operatorId', operatorId],
              ['packageId', packageId],
            ]),
          ),
        ],
      ]);
    const { body } = await add(formId, [
      [6, 'TEST0001PL'],
      [8, 'TEST0002PL'],
      [4, 'ą'],
    ]);
    const info = at(body, 'postBuyFormPackageInfo');
    expect(numbers(items(at(info, 'packageIdsAdded')))).toEqual(['TEST0001PL']);
    expect(numbers(items(at(info, 'packageIdsNotAddedIncorrectOperatorId')))).toEqual(['TEST0002PL']);
    expect(numbers(items(at(info, 'packageIdsNotAddedIncorrectPackageId')))).toEqual(['ą']);
    const form = await read();
    const tracking = items(at(form, 'postBuyFormShipmentTracking')).map(texts);
    expect(tracking).toHaveLength(before + 1);
    expect(tracking.at(-1)).toMatchObject({ postBuyFormOperatorId: '6', postBuyFormPackageId: 'TEST0001PL' });
    expect(at(form, 'postBuyFormSentBySeller').text).toBe('1');
    expect((await add('5', [[6, 'TEST0001PL']])).fault).toBe('ERR_INCORRECT_TRANSACTION_ID');
    expect((await add(formId, Array(20).fill([6, 'TEST0003PL']))).fault).toBe('ERR_ITEMS_ARRAY_OVERSIZED');
  });
});
