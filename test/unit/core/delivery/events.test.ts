import { expect, it } from 'vitest';
import { eventsOf } from '../../../../functions/core/delivery/events.ts';
import { ORDER_CHANGES } from '../../../../functions/core/orders/changes.ts';
import type { OrderContent } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { eventContract } from '../../../support/event-schema.ts';
import { saleOf } from '../../../support/sales.ts';

const STATES: Record<OrderContent['state'], true> = {
  'awaiting-details': true,
  'awaiting-payment': true,
  'awaiting-manual-payment': true,
  paid: true,
  'ready-to-ship': true,
  'payment-withdrawn': true,
  released: true,
  cancelled: true,
  replaced: true,
};

const account = { accountId: 'a1', marketplaceId: 'allegro' };
const entry = { number: 7, orderId: 'order:1', revision: 2, changes: ['paid'], atMillis: NOW } as const;
const content = orderOfSale(saleOf('1', ['1']));
const row = (changes: Partial<OrderContent>): OrderRow => ({
  orderId: 'order:1',
  revision: 2,
  content: { ...content, ...changes },
  createdAtMillis: NOW,
  changedAtMillis: NOW,
  batchId: 'b',
});

it('keeps the contract for every change, state and total, also of an erased order', async () => {
  const contract = await eventContract();
  const { total: _, ...withoutTotal } = content;
  const rows = [
    undefined,
    { ...row({}), content: withoutTotal },
    ...Object.keys(STATES).map((state) => row({ state: state as OrderContent['state'] })),
  ];
  const events = rows.flatMap((one) =>
    eventsOf(account, { entry: { ...entry, changes: ORDER_CHANGES }, row: one }),
  );
  expect(events).toHaveLength(5 * rows.length);
  expect(events.flatMap(contract.faultsOf)).toEqual([]);
  // The fields of an event are exactly those that the schema names, and the schema requires all of them.
  for (const { detail } of events) {
    expect(Object.keys(detail).sort()).toEqual([...contract.detail.required].sort());
  }
  expect(Object.keys(contract.detail.properties).sort()).toEqual([...contract.detail.required].sort());
});

it('notices a field that is gone, and one that means something else', async () => {
  const contract = await eventContract();
  const [event] = eventsOf(account, { entry, row: row({}) });
  const detail: Record<string, unknown> = { ...event?.detail };
  expect(contract.faultsOf({ type: 'order.paid', detail })).toEqual([]);
  for (const field of contract.detail.required) {
    const { [field]: _, ...rest } = detail;
    expect(contract.faultsOf({ type: 'order.paid', detail: rest })).not.toEqual([]);
    const retyped = { ...detail, [field]: { something: 'else' } };
    expect(contract.faultsOf({ type: 'order.paid', detail: retyped })).not.toEqual([]);
  }
  expect(contract.faultsOf({ type: 'order.lost', detail })).not.toEqual([]);
});

it('tells nothing of the buyer, and gives the same event the same id', () => {
  const events = eventsOf(account, {
    entry: { ...entry, changes: ['created', 'details-filled'] },
    row: row({}),
  });
  expect(events.map(({ detail }) => detail.eventId)).toEqual([
    `a1-7-${NOW.toString(36)}-order.created`,
    `a1-7-${NOW.toString(36)}-order.details-filled`,
  ]);
  const text = JSON.stringify(events);
  const { buyer, shipmentAddress } = content;
  for (const secret of [buyer.login, buyer.email, shipmentAddress?.fullName, shipmentAddress?.street]) {
    expect(secret).toBeTruthy();
    expect(text).not.toContain(secret);
  }
});
