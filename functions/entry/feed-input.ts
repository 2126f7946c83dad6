import type { CHANGES } from '../contract/changes.ts';
import type { RequestOf } from '../contract/operation.ts';
import { badField } from '../core/base/problem.ts';
import { epochMillis } from '../core/base/time.ts';
import { decodePositions, type Position, type Positions } from '../core/feed/positions.ts';
import { unknownPosition, unreadablePosition } from '../core/feed/problems.ts';
import { ORDER_ID, parseOrderId } from '../core/orders/order.ts';
import { fromCursor } from './input.ts';

const CONSUMER_NAME = /^[a-z0-9-]{1,64}$/;

type QueryOf<Id extends keyof typeof CHANGES> = RequestOf<(typeof CHANGES)[Id]>['query'];
type BodyOf<Id extends keyof typeof CHANGES> = RequestOf<(typeof CHANGES)[Id]>['body'];

/** The word for the position behind the newest entry; encoded positions are longer. */
const END = 'end' as const;

/** The positions to read from, or `end`; the limit and the time to wait. Throws Problem. */
export function readChangesQuery({ after, limit, wait }: QueryOf<'changes.list'>) {
  const positions = after === END ? END : positionsIn(after, 'after');
  return { positions, limit, waitSeconds: wait };
}

function positionsIn(text: string | undefined, field: string): Positions | undefined {
  if (text === undefined) return undefined;
  const positions = decodePositions(text);
  if (positions === undefined) throw unreadablePosition(field);
  return positions;
}

/** The position in the feed of this account; its beginning if none is given. Throws Problem. */
export function positionFor(
  accountId: string,
  { positions, field }: { positions: Positions | undefined; field: string },
): Position {
  if (positions === undefined) return { number: 0 };
  const position = positions.get(accountId);
  if (position === undefined) throw unknownPosition(field, accountId);
  return position;
}

/** The name of a consumer. Throws Problem. */
export function readAcknowledgement(
  accountId: string,
  { position, reset }: BodyOf<'consumers.acknowledge'>,
): { position: Position; reset: boolean } {
  const field = 'position';
  const positions = positionsIn(position ?? undefined, field);
  return { position: positionFor(accountId, { positions, field }), reset };
}

/** The page of consumers to show. Throws Problem. */
export function readConsumersQuery({ limit, cursor }: QueryOf<'consumers.list'>) {
  return { limit, after: readCursor(cursor, CONSUMER_NAME) };
}

/** The orders to send again: by id, or by the time of their last change. Throws Problem. */
export function readResend({ ids, from, to, cursor }: BodyOf<'orders.resend'>) {
  if (ids !== undefined && from === undefined && to === undefined && cursor === undefined)
    return { orderIds: ids.flatMap((id) => parseOrderId(id)?.orderId ?? []) };
  if (ids !== undefined || from === undefined || to === undefined) throw eitherOr();
  const fromMillis = epochMillis(Date.parse(from));
  const toMillis = epochMillis(Date.parse(to));
  if (fromMillis >= toMillis) throw backwards();
  return { fromMillis, toMillis, after: readCursor(cursor, ORDER_ID) };
}

/** The key in an opaque cursor. Throws Problem unless it fits `kind`. */
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
