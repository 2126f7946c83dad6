import type { EpochMillis } from '../base/time.ts';

/** A program or a person that may call the API. A token proves the identity; this row has the permissions. */
export interface Client {
  /** The subject of the client's tokens. */
  readonly clientId: string;
  /** Name for people who read the list of clients. */
  readonly name: string;
  /** A role of the surface (the HTTP API); an unknown role permits nothing. */
  readonly role: string;
  readonly createdAtMillis: EpochMillis;
}

export interface ClientStore {
  /** The client, read consistently, so that a removed client is refused at once. */
  read(clientId: string): Promise<Client | undefined>;
}

export interface ClientAdmin extends ClientStore {
  /** Creates a client, or changes its name and role. */
  put(client: Client): Promise<void>;
  remove(clientId: string): Promise<void>;
}
