import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { epochMillis, HOUR, MINUTE, toSeconds } from '../core/base/time.ts';
import type { CallCounter } from '../core/limits/store.ts';
import { ifCondition } from './dynamo.ts';
import type { RegistryTable } from './registry.ts';

const KIND = 'calls';

/** Time after its minute at which an item may go. */
const KEPT = HOUR;

/**
 * A counter item per integration key and minute. A worker whose clock is wrong takes nothing from the minute of the
 * others, and TTL deletes the items. A write that the SDK repeats counts twice, which allows too few calls rather than
 * too many.
 */
export function callCounter({ dynamo, table }: RegistryTable): CallCounter {
  return {
    async take(keyId, { minute, calls, most }) {
      if (calls > most) return false;
      const command = new UpdateCommand({
        TableName: table,
        Key: { kind: KIND, name: `${keyId}/${minute}` },
        UpdateExpression: 'SET expiresAtSeconds = :expires ADD taken :calls',
        ConditionExpression: 'attribute_not_exists(taken) OR taken <= :before',
        ExpressionAttributeValues: {
          ':calls': calls,
          ':before': most - calls,
          ':expires': toSeconds(epochMillis((minute + 1) * MINUTE + KEPT)),
        },
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },
  };
}
