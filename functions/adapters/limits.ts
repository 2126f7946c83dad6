import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CallCounter } from '../core/limits/store.ts';
import { ifCondition } from './dynamo.ts';
import type { RegistryTable } from './registry.ts';

const KIND = 'calls';

/**
 * A counter item per WebAPI key, with the running minute and the calls taken from it. The next minute
 * overwrites the item, so nothing grows. A write that the SDK repeats counts twice, which allows too few
 * calls rather than too many.
 */
export function callCounter({ dynamo, table }: RegistryTable): CallCounter {
  const update = async (keyId: string, change: Change): Promise<boolean> => {
    const command = new UpdateCommand({
      TableName: table,
      Key: { kind: KIND, name: keyId },
      UpdateExpression: change.expression,
      ConditionExpression: change.when,
      ExpressionAttributeNames: { '#minute': 'minute' },
      ExpressionAttributeValues: change.values,
    });
    return (await ifCondition(dynamo.send(command))) !== undefined;
  };
  return {
    async take(keyId, { minute, calls, most }) {
      if (calls > most) return false;
      const more: Change = {
        expression: 'ADD taken :calls',
        when: '#minute = :minute AND taken <= :before',
        values: { ':minute': minute, ':calls': calls, ':before': most - calls },
      };
      const first: Change = {
        expression: 'SET #minute = :minute, taken = :calls',
        when: 'attribute_not_exists(#minute) OR #minute < :minute',
        values: { ':minute': minute, ':calls': calls },
      };
      // The last try is for a worker that lost the race for the minute's first block.
      return (await update(keyId, more)) || (await update(keyId, first)) || (await update(keyId, more));
    },
  };
}

interface Change {
  readonly expression: string;
  readonly when: string;
  readonly values: Readonly<Record<string, number>>;
}
