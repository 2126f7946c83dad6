import fc from 'fast-check';
import { expect, it } from 'vitest';
import { asBody } from '../../../functions/adapters/queue.ts';

/** Characters that SQS accepts in the body of a message, by its API reference. */
const ACCEPTED = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

it('a message holds any text of an id, and no character that the queue refuses', () => {
  const ids = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('order:\uffff', 'order:\ufffe', 'order:\u0001', 'order:\ud800', 'order:🦆', 'zażółć'),
  );
  fc.assert(
    fc.property(fc.array(ids), (orderIds) => {
      const body = asBody({ accountId: 'a1', orderIds });
      expect(body).toMatch(ACCEPTED);
      expect(JSON.parse(body)).toEqual({ accountId: 'a1', orderIds });
    }),
  );
});
