import * as z from 'zod/mini';
import { badField } from '../core/base/problem.ts';
import { epochMillis } from '../core/base/time.ts';
import { decodePositions, type Position, type Positions } from '../core/feed/positions.ts';
import { unknownPosition, unreadablePosition } from '../core/feed/problems.ts';
import { RESEND_LIMIT } from '../core/feed/resend.ts';
import { ORDER_ID, parseOrderId } from '../core/orders/order.ts';
import { fromCursor, orderIdText, PageQuery, parse } from './input.ts';

const CONSUMER_NAME = /^[a-z0-9-]{1,64}$/;

const ChangesQuery = z.strictObject({
  after: z.optional(z.string()),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  wait: z._default(z.coerce.number().check(z.minimum(0), z.maximum(20)), 0),
});

const Acknowledgement = z.strictObject({
  /** Null is the beginning. */
  position: z.nullable(z.string()),
  reset: z._default(z.boolean(), false),
});

const moment = z.iso.datetime({ offset: true });
const Resend = z.strictObject({
  ids: z.optional(z.array(orderIdText).check(z.minLength(1), z.maxLength(RESEND_LIMIT))),
  from: z.optional(moment),
  to: z.optional(moment),
  cursor: z.optional(z.string()),
});

/** What to read, how much and how long to wait for it. Throws Problem. */
export function readChangesQuery(query: unknown) {
  const { after, limit, wait } = parse(ChangesQuery, query);
  return { positions: positionsIn(after, 'after'), limit, waitSeconds: wait };
}

function positionsIn(text: string | undefined, field: string): Positions | undefined {
  if (text === undefined) return undefined;
  const positions = decodePositions(text);
  if (positions === undefined) throw unreadablePosition(field);
  return positions;
}

/** Where a position stands in the feed of this account, its beginning without a position. Throws Problem. */
export function positionFor(
  accountId: string,
  { positions, field }: { positions: Positions | undefined; field: string },
): Position {
  if (positions === undefined) return { number: 0 };
  const position = positions.get(accountId);
  if (position === undefined) throw unknownPosition(field, accountId);
  return position;
}

/** Throws Problem. */
export function readAcknowledgement(
  accountId: string,
  body: unknown,
): { position: Position; reset: boolean } {
  const field = 'position';
  const { position, reset } = parse(Acknowledgement, body);
  const positions = positionsIn(position ?? undefined, field);
  return { position: positionFor(accountId, { positions, field }), reset };
}

/** Throws Problem. */
export function readConsumerName(name = ''): string {
  if (CONSUMER_NAME.test(name)) return name;
  throw badField('name', {
    pl: 'Nazwa odbiorcy ma od 1 do 64 znaków: małe litery a-z, cyfry i łączniki.',
    en: 'The name of a consumer has 1 to 64 characters: lower-case letters a-z, digits and hyphens.',
  });
}

/** One page of consumers. Throws Problem. */
export function readConsumersQuery(query: unknown) {
  const { limit, cursor } = parse(PageQuery, query);
  return { limit, after: readCursor(cursor, CONSUMER_NAME) };
}

/** Which orders to send again: by id, or by the time of their last change. Throws Problem. */
export function readResend(body: unknown) {
  const { ids, from, to, cursor } = parse(Resend, body);
  if (ids !== undefined && from === undefined && to === undefined && cursor === undefined)
    return { orderIds: ids.flatMap((id) => parseOrderId(id)?.orderId ?? []) };
  if (ids !== undefined || from === undefined || to === undefined) throw eitherOr();
  const fromMillis = epochMillis(Date.parse(from));
  const toMillis = epochMillis(Date.parse(to));
  if (fromMillis >= toMillis) throw backwards();
  return { fromMillis, toMillis, after: readCursor(cursor, ORDER_ID) };
}

/** The key that an opaque cursor holds. Throws Problem unless it is of this kind. */
function readCursor(cursor: string | undefined, kind: RegExp): string | undefined {
  const after = fromCursor(cursor);
  if (after === undefined || kind.test(after)) return after;
  throw badField('cursor', {
    pl: 'Niepoprawny kursor. Podaj tekst z pola „cursor” poprzedniej odpowiedzi, bez zmian.',
    en: 'Not a valid cursor. Give the text of "cursor" in the previous answer, unchanged.',
  });
}

const eitherOr = () =>
  badField('ids', {
    pl: 'Podaj albo listę „ids”, albo oba czasy „from” i „to”.',
    en: 'Give either the list "ids", or both times "from" and "to".',
  });

const backwards = () =>
  badField('to', {
    pl: 'Czas „to” musi być późniejszy niż „from”.',
    en: '"to" must be later than "from".',
  });
