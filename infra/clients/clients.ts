import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { clientAdmin } from '../../functions/adapters/clients.ts';
import { ROLES, type Role } from '../../functions/contract/scopes.ts';
import type { Client, ClientAdmin } from '../../functions/core/account/client.ts';
import { epochMillis } from '../../functions/core/base/time.ts';

/** The registry table; `aws` replaces the credentials and the region of this machine. */
export interface RegistryPlace {
  readonly table: string;
  readonly aws?: DynamoDBClientConfig;
}

export interface ClientEntry {
  /** The subject of the client's tokens. */
  readonly subject: string;
  readonly role: Role;
  readonly name: string;
  /** Binds the client to these accounts; without them it sees all. */
  readonly accountIds?: readonly string[] | undefined;
}

export const isRole = (text: string): text is Role => Object.hasOwn(ROLES, text);

/** Creates a client, or changes its name, role and accounts. */
export const writeClient = (
  place: RegistryPlace,
  { subject, role, name, accountIds }: ClientEntry,
): Promise<void> =>
  withAdmin(place, (admin) =>
    admin.put({ clientId: subject, name, role, accountIds, createdAtMillis: epochMillis(Date.now()) }),
  );

/** Removes a client; false if there was none. */
export const removeClient = (place: RegistryPlace, subject: string): Promise<boolean> =>
  withAdmin(place, async (admin) => {
    const known = (await admin.list()).some(({ clientId }) => clientId === subject);
    await admin.remove(subject);
    return known;
  });

export const listClients = (place: RegistryPlace): Promise<Client[]> =>
  withAdmin(place, (admin) => admin.list());

async function withAdmin<Result>(
  { table, aws = {} }: RegistryPlace,
  act: (admin: ClientAdmin) => Promise<Result>,
): Promise<Result> {
  const client = new DynamoDBClient(aws);
  try {
    return await act(clientAdmin({ dynamo: DynamoDBDocumentClient.from(client), table }));
  } catch (error) {
    throw withAdvice(error, table);
  } finally {
    client.destroy();
  }
}

/** The error with what to do, where the SDK says only what is missing. */
function withAdvice(error: unknown, table: string): unknown {
  if (!(error instanceof Error)) return error;
  const advice = error.message === 'Region is missing' ? NO_REGION : ADVICE[error.name]?.(table);
  return advice === undefined ? error : new Error(advice, { cause: error });
}

const NO_REGION = 'Set AWS_REGION to the region of the stack, e.g. eu-central-1.';
const ADVICE: Readonly<Record<string, (table: string) => string>> = {
  ResourceNotFoundException: (table) =>
    `There is no table "${table}" in this region. Its name is the output RegistryTableName of the stack (npx serverless info --verbose --stage STAGE), and AWS_REGION has to be the region of the stack.`,
  CredentialsProviderError: () =>
    'There are no AWS credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  UnrecognizedClientException: () =>
    'AWS does not know these credentials. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to those of the account of the stack.',
  AccessDeniedException: (table) =>
    `These AWS credentials may not use the table "${table}". They need dynamodb:PutItem, DeleteItem and Query on it.`,
};
