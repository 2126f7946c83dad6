import { toIso } from '../core/base/time.ts';
import type { Change, ChangePage } from '../core/feed/changes.ts';
import type { Standing } from '../core/feed/consumers.ts';
import { encodePositions, markOf, type Position } from '../core/feed/positions.ts';
import { formOrderId } from '../core/orders/order.ts';
import { orderView } from './views.ts';

export const changesView = ({ changes, positions, more }: ChangePage) => ({
  changes: changes.map(changeView),
  position: encodePositions(positions),
  more,
});

/** The order as it is now, which may be newer than the change; null once it was erased. */
export const changeView = ({ accountId, number, orderId, changes, row }: Change) => ({
  accountId,
  number,
  orderId,
  changes,
  order:
    row === undefined
      ? null
      : {
          ...orderView(row),
          ...(row.content?.state === 'joined' && { heldBy: (row.heldBy ?? []).map(formOrderId) }),
        },
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
