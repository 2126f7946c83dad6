import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Claim, ClaimName, ClaimStore } from '../core/access/login-log.ts';
import { toSeconds } from '../core/base/time.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import type { RegistryTable } from './registry.ts';

const claimKey = ({ kind, identity, key }: ClaimName) => ({ kind, name: `${identity}/${key}` });

type ClaimItem = Claim & {
  readonly kind: string;
  readonly name: string;
  readonly expiresAtSeconds?: number;
};

/** Claims on logins and sellers. A write compares the revision, so that two writers cannot both succeed. */
export function claimStore({ dynamo, table }: RegistryTable): ClaimStore {
  return {
    async read(name) {
      const item = await readItem<ClaimItem>({ dynamo, table }, claimKey(name));
      if (item === undefined) return undefined;
      const { kind: _kind, name: _name, expiresAtSeconds: _expires, ...claim } = item;
      return claim;
    },

    async write(name, claim) {
      const { keptUntilMillis, revision } = claim;
      const command = new PutCommand({
        TableName: table,
        Item: {
          ...claimKey(name),
          ...claim,
          // The TTL only deletes; readers judge by `keptUntilMillis` whether the memory still counts.
          ...(keptUntilMillis !== undefined && { expiresAtSeconds: toSeconds(keptUntilMillis) }),
        },
        ConditionExpression: revision === 1 ? 'attribute_not_exists(kind)' : 'revision = :before',
        ...(revision !== 1 && { ExpressionAttributeValues: { ':before': revision - 1 } }),
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },
  };
}
