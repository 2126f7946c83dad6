import type { EpochMillis } from '../base/time.ts';

/** A program or a person that calls the API. Tokens prove who calls; this row in our table says what for. */
export interface Client {
  /** Subject of the client's tokens. */
  readonly clientId: string;
  /** Name for people who look at the list of clients. */
  readonly name: string;
  /** A word of the surface; one that the surface does not know permits nothing. */
  readonly role: string;
  /** The accounts to which the client is bound; absent for a client that sees all. */
  readonly accountIds?: readonly string[] | undefined;
  readonly createdAtMillis: EpochMillis;
}

/** Whether an account exists for a client. A bound client must not learn that others exist. */
export const sees = ({ accountIds }: Pick<Client, 'accountIds'>, accountId: string): boolean =>
  accountIds === undefined || accountIds.includes(accountId);

/** Whether what a client owns, such as a webhook, exists for another: a bound client sees only its own. */
export const seesOwned = (client: Client, ownerId: string | undefined): boolean =>
  client.accountIds === undefined || client.clientId === ownerId;

export interface ClientStore {
  /** Reads a client consistently, so that a removed client is refused at once. */
  read(clientId: string): Promise<Client | undefined>;
}

export interface ClientAdmin extends ClientStore {
  /** Creates a client, or changes its name, role and accounts. */
  put(client: Client): Promise<void>;
  remove(clientId: string): Promise<void>;
  /** All clients, by id. */
  list(): Promise<Client[]>;
}

export interface ClientBinding {
  /** Binds one more account to a bound client; of a client that sees all, nothing changes. */
  bind(clientId: string, accountId: string): Promise<void>;
}
