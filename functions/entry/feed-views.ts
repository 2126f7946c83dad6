import type { Shown } from '../contract/operation.ts';
import type { Change as ChangeBody } from '../contract/order.ts';
import { toIso } from '../core/base/time.ts';
import type { Change, ChangePage } from '../core/feed/changes.ts';
import type { Standing } from '../core/feed/consumers.ts';
import { encodePositions, markOf, type Position } from '../core/feed/positions.ts';
import { orderView } from './order-view.ts';

export const changesView = ({ changes, positions, more }: ChangePage) => ({
  changes: changes.map(changeView),
  position: encodePositions(positions),
  more,
});

/** A change with the present order, which may be newer than the change; null if the order is not stored any more. */
export const changeView = ({
  accountId,
  number,
  orderId,
  changes,
  atMillis,
  row,
}: Change): Shown<typeof ChangeBody> => ({
  accountId,
  number,
  orderId,
  changes,
  changedAt: toIso(atMillis),
  order: row?.content === undefined ? null : orderView(row, row.content),
});

const positionOf = ({ number, atMillis }: Standing): Position => ({
  number,
  ...(atMillis !== undefined && { mark: markOf({ atMillis }) }),
});

export const consumerView = (accountId: string, consumer: Standing) => ({
  name: consumer.name,
  position: encodePositions(new Map([[accountId, positionOf(consumer)]])),
  number: consumer.number,
  lag: consumer.lag,
  acknowledgedAt: toIso(consumer.acknowledgedAtMillis),
});
