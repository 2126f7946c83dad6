import { styleText } from 'node:util';
import type { AccountView } from './sellers.ts';

/** The fields of `GET /v1/accounts/{id}/sync` that are used here. */
export interface SyncView {
  readonly state: string;
  readonly message: { readonly pl: string; readonly en: string };
  readonly lagSeconds: number | null;
  readonly quarantinedCount: number;
}

/** The values that the table shows at one moment. */
export interface Snapshot {
  readonly nowMillis: number;
  readonly accounts: readonly AccountView[];
  /**
   * Live orders by account id, as the simulated marketplace has them and as Klamka has stored them. A login names no
   * account: two marketplaces may each have a seller of that login.
   */
  readonly made: Readonly<Record<string, number>>;
  readonly stored: Readonly<Record<string, number>>;
  /** Freshness of the orders, by account id. */
  readonly sync: Readonly<Record<string, SyncView>>;
  readonly logins: number;
  readonly calls: number;
}

const COLUMNS = [
  'account',
  'connection',
  'orders are',
  'handle age',
  'last run',
  'next run',
  'orders made',
  'orders stored',
] as const;

/** Draws the table as text, a line per account, with advice below where a person is needed. */
export function drawTable(snapshot: Snapshot): string {
  const rows = snapshot.accounts.map((account) => cells(account, snapshot));
  const widths = COLUMNS.map((title, index) =>
    Math.max(title.length, ...rows.map((row) => (row[index] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('   ');
  const header = styleText('bold', line(COLUMNS));
  const body = rows.map((row, index) =>
    styleText(colourOf(snapshot.accounts[index]?.connection.state), line(row)),
  );
  return [header, ...body, '', footer(snapshot), ...advice(snapshot)].join('\n');
}

function cells(account: AccountView, snapshot: Snapshot): string[] {
  const { lastRun, session, accountId } = account;
  return [
    nameOf(account),
    account.connection.state,
    freshness(snapshot.sync[accountId]),
    session === null ? '-' : duration(session.ageSeconds),
    lastRun === null
      ? '-'
      : `${duration(secondsSince(lastRun.finishedAt, snapshot))} ago: ${lastRun.outcome}, ${lastRun.events} events`,
    account.nextRunAt === null
      ? 'when somebody acts'
      : `in ${duration(Math.max(0, -secondsSince(account.nextRunAt, snapshot)))}`,
    String(snapshot.made[accountId] ?? 0),
    String(snapshot.stored[accountId] ?? 0),
  ];
}

function freshness(sync: SyncView | undefined): string {
  if (sync === undefined) return '-';
  const lag = sync.lagSeconds === null ? '' : `, ${duration(sync.lagSeconds)}`;
  return `${sync.state}${lag}${sync.quarantinedCount === 0 ? '' : `, ${sync.quarantinedCount} quarantined`}`;
}

const secondsSince = (iso: string, { nowMillis }: Snapshot): number =>
  Math.round((nowMillis - Date.parse(iso)) / 1_000);

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

function colourOf(state: string | undefined): 'green' | 'yellow' | 'red' {
  if (state === 'connected') return 'green';
  return state === 'new' || state === 'retrying' || state === 'removing' ? 'yellow' : 'red';
}

const footer = ({ logins, calls }: Snapshot): string =>
  styleText('dim', `logins so far: ${logins}   WebAPI calls so far: ${calls}`);

/** Advice where a person is needed, and the reason where orders are not fresh. */
const advice = ({ accounts, sync }: Snapshot): string[] =>
  accounts.flatMap(({ accountId, connection, ...account }) => {
    const view = sync[accountId];
    const name = nameOf(account);
    if (colourOf(connection.state) === 'red') return told(name, connection.message);
    return view === undefined || view.state === 'fresh' ? [] : told(name, view.message);
  });

const told = (name: string, message: SyncView['message']): string[] => [
  '',
  `${name}: ${message.en}`,
  `${' '.repeat(name.length)}  ${message.pl}`,
];

const nameOf = ({ login, marketplace }: Pick<AccountView, 'login' | 'marketplace'>): string =>
  `${login} @ ${marketplace}`;
