import { type Client, sees } from '../account/client.ts';
import { badField, unknownAccount } from '../base/problem.ts';
import type { BilingualText } from '../base/text.ts';
import { DAY, type EpochMillis, epochMillis, plus } from '../base/time.ts';

/** Time for which entries are kept. */
export const AUDIT_KEPT = 365 * DAY;

/** A call of an operation: caller, time, subject and outcome. Holds ids and codes, never input or a secret. */
export interface AuditEntry {
  /** Random, so that entries of the same millisecond differ. */
  readonly auditId: string;
  readonly atMillis: EpochMillis;
  /** Id of the operation in the contract. */
  readonly operation: string;
  /** Person or program that called; the name is missing for a caller that is not registered. */
  readonly clientId: string;
  readonly clientName?: string;
  readonly accountId?: string;
  /** Id of the order, key, webhook, consumer or import that the operation was about. */
  readonly target?: string;
  /** `refused`: for a reason in the request or in the rights of the caller; `failed`: for a reason of our own. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Code of the problem, unless the operation was carried out. */
  readonly problem?: string;
  /** The marketplace's verdict on the password that the call had it judge, whatever the outcome of the call. */
  readonly verdict?: 'accepted' | 'refused' | 'pending';
  /** Id of the request, by which logs name it too. */
  readonly requestId: string;
}

export interface AuditLog {
  write(entry: AuditEntry): Promise<void>;
}

export interface AuditQuery {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly fromMillis: EpochMillis;
  /** Exclusive. */
  readonly toMillis: EpochMillis;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string | undefined;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  /** Missing on the last page. A page may be short, even empty, and have a next one. */
  readonly next?: string | undefined;
}

export interface AuditReader {
  /** The entries of a period, newest first. */
  page(query: AuditQuery): Promise<AuditPage>;
}

interface Asked extends Omit<AuditQuery, 'fromMillis' | 'toMillis'> {
  /** A year ago by default. */
  readonly fromMillis?: EpochMillis | undefined;
  /** Now by default. */
  readonly toMillis?: EpochMillis | undefined;
  readonly now: EpochMillis;
}

/**
 * The entries that a client may see: a bound client those of its accounts, and what it did itself. Throws Problem for
 * an account that the client does not see, and for a question about other clients that names no account.
 */
export async function auditFor(
  audit: AuditReader,
  client: Client,
  { now, ...asked }: Asked,
): Promise<AuditPage> {
  const { accountId, clientId } = asked;
  const [eldest, newest] = [plus(now, -AUDIT_KEPT), plus(now, 1)];
  const { fromMillis = eldest, toMillis = newest } = asked;
  if (asked.fromMillis !== undefined && fromMillis >= toMillis) throw badField('from', EMPTY_PERIOD);
  if (accountId !== undefined && !sees(client, accountId)) throw unknownAccount();
  const isBound = client.accountIds !== undefined;
  if (isBound && accountId === undefined && (clientId ?? client.clientId) !== client.clientId)
    throw badField('account', NAME_AN_ACCOUNT);
  const own = isBound && accountId === undefined ? client.clientId : clientId;
  const page = await audit.page({
    ...asked,
    clientId: own,
    fromMillis: epochMillis(Math.max(fromMillis, eldest)),
    toMillis: epochMillis(Math.min(toMillis, newest)),
  });
  // A call of a client that does not see the account has touched nothing of it, and would name that client.
  const isShown = (entry: AuditEntry): boolean =>
    !isBound || entry.clientId === client.clientId || entry.problem !== 'not-found';
  return { ...page, entries: page.entries.filter(isShown) };
}

const EMPTY_PERIOD: BilingualText = {
  pl: 'Początek okresu musi być wcześniejszy niż jego koniec („to”, domyślnie teraz).',
  en: 'The beginning of the period has to be before its end ("to", now by default).',
};

const NAME_AN_ACCOUNT: BilingualText = {
  pl: 'Podaj jedno ze swoich kont: o innych klientach widzisz tylko to, co zrobili na Twoich kontach.',
  en: 'Name one of your accounts: of other clients you see only what they did to your accounts.',
};
