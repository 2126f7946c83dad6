import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { CallCounter } from '../core/limits/store.ts';
import { ifCondition } from './dynamo.ts';
import type { RegistryTable } from './registry.ts';

const KIND = 'calls';

/**
 * One item per WebAPI key holds the running minute and what was taken out of it; the next minute overwrites
 * it, so that nothing grows. A write that the SDK repeats counts twice, which errs on the safe side.
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
      // The last is for those whom somebody else beat to the first of the minute.
      return (await update(keyId, more)) || (await update(keyId, first)) || (await update(keyId, more));
    },
  };
}

interface Change {
  readonly expression: string;
  readonly when: string;
  readonly values: Readonly<Record<string, number>>;
}
