import type { EpochMillis } from '../base/time.ts';

/** A reader of one account's feed that says how far it has come. */
export interface Consumer {
  readonly name: string;
  /** All entries up to this number are acknowledged. */
  readonly number: number;
  readonly acknowledgedAtMillis: EpochMillis;
}

export interface ConsumerStore {
  /** Consistent. */
  read(accountId: string, name: string): Promise<Consumer | undefined>;
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ consumers: Consumer[]; next?: string | undefined }>;
  /** Writes what was acknowledged; what would go backwards is left out unless `back` is set. */
  move(accountId: string, consumer: Consumer, options: { back: boolean }): Promise<void>;
}
