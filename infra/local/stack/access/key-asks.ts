import { REGION } from '../resources.ts';
import type { Ask } from './policy.ts';

/** A thing that a service encrypts with a key: its name and value in the context of the encryption. */
interface Encrypted {
  /** ARN of the key; undefined for what is encrypted with a key of AWS. */
  readonly key: string | undefined;
  readonly service: 'dynamodb' | 'secretsmanager' | 'sqs';
  readonly context: readonly [name: string, value: string];
}

/** Value of the context with which Secrets Manager checks that a new secret's key can be used. */
const CHECKED = 'RequestToValidateKeyAccess';

/** The permissions on a key that a service needs of its caller, because it uses the key in the caller's name. */
function keyAsks(actions: readonly ('Decrypt' | 'GenerateDataKey')[], encrypted: Encrypted): Ask[] {
  const { key, service, context } = encrypted;
  const [name, value] = context;
  if (key === undefined) return [];
  return actions.map((action) => ({
    action: `kms:${action}`,
    resource: key,
    context: {
      'kms:ViaService': [`${service}.${REGION}.amazonaws.com`],
      [`kms:EncryptionContext:${name}`]: [value],
    },
  }));
}

/** DynamoDB decrypts the key of the table for each caller, who reads and writes with it. */
export const tableKeyAsks = (key: string | undefined, tableName: string): Ask[] =>
  keyAsks(['Decrypt'], { key, service: 'dynamodb', context: ['aws:dynamodb:tableName', tableName] });

/** A sender encrypts, and decrypts to check; a receiver decrypts. */
export const queueKeyAsks = (
  key: string | undefined,
  { operation, arn }: { operation: string; arn: string },
): Ask[] =>
  keyAsks(operation.startsWith('Send') ? ['GenerateDataKey', 'Decrypt'] : ['Decrypt'], {
    key,
    service: 'sqs',
    context: ['aws:sqs:arn', arn],
  });

/** A value that is written twice is compared with the first, so writers need to decrypt too. */
export function secretKeyAsks(
  key: string | undefined,
  { operation, arn }: { operation: string; arn: string },
): Ask[] {
  const of = (secretArn: string) =>
    ({ key, service: 'secretsmanager', context: ['SecretARN', secretArn] }) as const;
  switch (operation) {
    case 'GetSecretValue':
      return keyAsks(['Decrypt'], of(arn));
    case 'PutSecretValue':
      return keyAsks(['GenerateDataKey', 'Decrypt'], of(arn));
    case 'CreateSecret':
      return [CHECKED, arn].flatMap((arn) => keyAsks(['GenerateDataKey', 'Decrypt'], of(arn)));
    default:
      return [];
  }
}
