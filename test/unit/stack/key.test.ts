import { expect, test } from 'vitest';
import { lambda, packaged, started } from './project.ts';

const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const ACCOUNT = { AWS: 'arn:aws:iam::000000000000:root' };
const USE = ['kms:Decrypt', 'kms:GenerateDataKey'];

/** A function `fn` whose role may write and read secrets of one kind, and use the key as these statements say. */
async function service(statements: { ofRole: object[]; ofKey: object[] }) {
  const root = await packaged(
    {
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement: statements.ofKey } } },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'fn',
          Policies: [
            {
              PolicyDocument: {
                Statement: [
                  {
                    Effect: 'Allow',
                    Action: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue'],
                    Resource: 'arn:aws:secretsmanager:*:*:secret:*',
                  },
                  ...statements.ofRole,
                ],
              },
            },
          ],
        },
      },
      Fn: lambda('fn', { Role: arn('Role'), Environment: { Variables: { KEY: arn('Key') } } }),
    },
    { fn: WRITER },
  );
  return started(root);
}

const ofRole = (condition: object) => ({
  Effect: 'Allow',
  Action: USE,
  Resource: arn('Key'),
  Condition: { StringLike: condition },
});
const ofKey = (roleName: string, Action: string | string[] = USE) => ({
  Sid: 'Use',
  Effect: 'Allow',
  Principal: ACCOUNT,
  Action,
  Resource: '*',
  Condition: { ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::000000000000:role/${roleName}` } },
});
const SECRETS = 'kms:EncryptionContext:SecretARN';
const MINE = [
  'RequestToValidateKeyAccess',
  'arn:aws:secretsmanager:eu-central-1:000000000000:secret:shop/mine/*',
];
const REFUSED = 'AccessDeniedException';

test.each([
  [
    'are written and read by a role that the key names',
    { ofRole: [ofRole({ [SECRETS]: MINE })], ofKey: [ofKey('fn')] },
    { mine: 'value', other: REFUSED },
  ],
  [
    'are refused to a role that the key does not name',
    { ofRole: [ofRole({ [SECRETS]: MINE })], ofKey: [ofKey('another')] },
    { mine: REFUSED, other: REFUSED },
  ],
  [
    'are refused to a role that the key names and that may not use it by itself',
    { ofRole: [], ofKey: [ofKey('fn')] },
    { mine: REFUSED, other: REFUSED },
  ],
  [
    'are refused to a role for which the service may not check the key',
    { ofRole: [ofRole({ [SECRETS]: MINE.slice(1) })], ofKey: [ofKey('fn')] },
    { mine: REFUSED, other: REFUSED },
  ],
  [
    'are refused through another service',
    { ofRole: [ofRole({ 'kms:ViaService': 'dynamodb.eu-central-1.amazonaws.com' })], ofKey: [ofKey('fn')] },
    { mine: REFUSED, other: REFUSED },
  ],
  [
    'are refused if only a service of AWS may use the key',
    {
      ofRole: [ofRole({ [SECRETS]: MINE })],
      ofKey: [
        { ...ofKey('fn'), Principal: { Service: 'events.amazonaws.com' } },
        ofKey('fn', 'kms:DescribeKey'),
      ],
    },
    { mine: REFUSED, other: REFUSED },
  ],
])('secrets under a key %s', async (_, statements, expected) => {
  const stack = await service(statements);
  expect(await stack.invoke('Fn', {})).toEqual(expected);
});

/** A handler that writes and reads two secrets, signed with the access key of its function. */
const WRITER = `
const { AWS_ACCESS_KEY_ID: key, AWS_ENDPOINT_URL_SECRETS_MANAGER: vault, KEY } = process.env;
async function call(operation, body) {
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.' + operation,
    authorization: 'AWS4-HMAC-SHA256 Credential=' + key + '/20261128/eu-central-1/x/aws4_request, SignedHeaders=host, Signature=0',
  };
  return (await fetch(vault, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}
async function both(name) {
  const written = await call('CreateSecret', { Name: name, SecretString: 'value', KmsKeyId: KEY });
  if (written.ARN === undefined) return written.__type;
  const read = await call('GetSecretValue', { SecretId: name });
  return read.SecretString ?? read.__type;
}
exports.handler = async () => ({ mine: await both('shop/mine/a'), other: await both('shop/other/a') });
`;
