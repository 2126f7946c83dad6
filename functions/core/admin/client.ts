import type { EpochMillis } from '../base/time.ts';

/** A program or a person that calls the API, as our table knows it. Tokens prove who calls; this says what for. */
export interface Client {
  /** What its tokens name as their subject. */
  readonly clientId: string;
  /** For people who look at the list of clients. */
  readonly name: string;
  /** A word of the surface's own; one that the surface does not know permits nothing. */
  readonly role: string;
  readonly createdAtMillis: EpochMillis;
}

export interface ClientStore {
  /** Consistent, so that a client that was removed is refused at once. */
  read(clientId: string): Promise<Client | undefined>;
}

export interface ClientAdmin extends ClientStore {
  /** Makes a client, or changes its name and role. */
  put(client: Client): Promise<void>;
  remove(clientId: string): Promise<void>;
}
