import { describe, expect, it } from 'vitest';
import {
  arnText,
  packagedResources,
  resourcesOfType,
  roleStatements,
  type Statement,
} from '../../support/template.ts';

const resources = await packagedResources();
const key = resources.DataKey;
const { Statement: policy } = (key?.Properties.KeyPolicy ?? { Statement: [] }) as { Statement: Statement[] };
const using = policy.filter(({ Action }) => /Decrypt|Encrypt|GenerateDataKey/.test(String(Action)));
const uses = roleStatements(resources).filter(({ actions }) =>
  actions.some((action) => action.startsWith('kms:')),
);

describe('the key of the data', () => {
  it('is retained with the secrets that need it, is changed every year, and is found by name', () => {
    expect(key).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(key?.Properties.EnableKeyRotation).toBe(true);
    expect(resources.DataKeyAlias?.Properties).toEqual({
      AliasName: 'alias/klamka-dev',
      TargetKeyId: { Ref: 'DataKey' },
    });
  });

  it('encrypts every queue, the session handles and the fingerprint key', () => {
    const arn = { 'Fn::GetAtt': ['DataKey', 'Arn'] };
    const queues = resourcesOfType(resources, 'AWS::SQS::Queue');
    expect(queues.length).toBeGreaterThanOrEqual(5);
    for (const [name, { Properties }] of queues) expect(Properties.KmsMasterKeyId, name).toEqual(arn);
    expect(resources.SessionsTable?.Properties.SSESpecification).toMatchObject({
      SSEType: 'KMS',
      KMSMasterKeyId: arn,
    });
    expect(resources.FingerprintKey?.Properties.KmsKeyId).toEqual(arn);
  });

  it('may be used by the roles that need it, by CloudFormation while it deploys, and by the bus for its queue', () => {
    expect(using.map(({ Sid }) => Sid)).toEqual([
      'DeployedTable',
      'DeployedSecret',
      'Use',
      'UndeliveredNotices',
    ]);
    const [table, secret, ofRoles, bus] = using.map(({ Condition }) => Condition ?? {});
    for (const deployment of [table, secret])
      expect(deployment?.['ForAnyValue:StringEquals']).toEqual({
        'aws:CalledVia': 'cloudformation.amazonaws.com',
      });
    for (const condition of [table, secret, ofRoles])
      expect(condition?.StringEquals).toHaveProperty(['kms:ViaService']);
    expect(Object.keys(secret?.StringLike ?? {})).toEqual(['kms:EncryptionContext:SecretARN']);
    expect(JSON.stringify(secret?.StringLike)).not.toContain('secret:*');
    expect(Object.keys(bus?.StringLike ?? {})).toEqual(['kms:EncryptionContext:aws:sqs:arn']);
    expect(JSON.stringify(bus)).toContain('-NoticesDeadLetterQueue-*');
    const principals = (ofRoles?.ArnEquals?.['aws:PrincipalArn'] ?? []) as object[];
    const named = principals.map((arn) => arnText(arn).split('/').at(-1));
    const needing = uses.map(({ role }) => String(resources[role]?.Properties.RoleName));
    expect(named.toSorted()).toEqual([...new Set(needing)].toSorted());
  });

  it('is used by each role through one service, and for what it needs there', () => {
    expect(uses.length).toBeGreaterThan(10);
    for (const { role, arn, condition } of uses) {
      expect(arn, role).toBe('DataKey.Arn');
      const keys = Object.values(condition).flatMap(Object.keys);
      expect(keys, role).toContain('kms:ViaService');
      expect(
        keys.filter((name) => name.startsWith('kms:EncryptionContext:')),
        role,
      ).toHaveLength(1);
    }
  });

  it('is looked after by the account, whose people cannot decrypt with it', () => {
    const [administration, ...others] = policy.filter((statement) => !using.includes(statement));
    expect(others).toEqual([]);
    expect(administration?.Principal).toEqual({ AWS: { 'Fn::Sub': expect.stringMatching(/:root$/) } });
    const actions = [administration?.Action].flat();
    expect(actions).toContain('kms:PutKeyPolicy');
    expect(actions.filter((action) => String(action).includes('*'))).toEqual([]);
  });
});
