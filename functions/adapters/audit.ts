import { PutCommand, QueryCommand, type QueryCommandOutput } from '@aws-sdk/lib-dynamodb';
import {
  AUDIT_KEPT,
  type AuditEntry,
  type AuditLog,
  type AuditPage,
  type AuditQuery,
  type AuditReader,
} from '../core/admin/audit.ts';
import { dayAfter, dayOf } from '../core/base/days.ts';
import { type EpochMillis, epochMillis, plus, toSeconds } from '../core/base/time.ts';
import type { Table } from './read.ts';

/**
 * Partitions of a day, because all callers write to the present day and a partition takes a thousand writes a second.
 */
const SHARDS = 4;
/** Most days that a request for a page looks through, so that a quiet year does not cost a thousand queries at once. */
const DAYS = 31;
/** Most queries for a page of an index, whose entries the other filter may hide. */
const QUERIES = 10;
/** Entries that such a query looks at. */
const LOOKED_AT = 250;

/** The sort key of an entry, or the time at which a page ends. */
export const AUDIT_ENTRY_KEY = /^\d{15}(-[\w-]{1,40})?$/;

const padded = (millis: EpochMillis): string => String(Math.max(0, millis)).padStart(15, '0');
const entryKey = ({ atMillis, auditId }: AuditEntry): string => `${padded(atMillis)}-${auditId}`;
const dayShard = (day: string, shard: number): string => `${day}#${shard}`;
const auditShard = (auditId: string): number => (auditId.codePointAt(0) ?? 0) % SHARDS;

export const auditLog = ({ dynamo, table }: Table): AuditLog => ({
  async write(entry) {
    const Item = {
      dayShard: dayShard(dayOf(entry.atMillis, 'UTC'), auditShard(entry.auditId)),
      entryKey: entryKey(entry),
      expiresAtSeconds: toSeconds(plus(entry.atMillis, AUDIT_KEPT)),
      ...entry,
    };
    await dynamo.send(new PutCommand({ TableName: table, Item }));
  },
});

/** Reads entries by account or by client over an index, which may lack the newest for some seconds; others by day. */
export const auditReader = (auditTable: Table): AuditReader => ({
  async page({ fromMillis, toMillis, after, ...query }) {
    const range = { from: padded(fromMillis), below: lower(padded(toMillis), after), limit: query.limit };
    if (range.from >= range.below) return { entries: [] };
    if (query.accountId !== undefined)
      return await pageOfIndex(auditTable, { ...query, ...range, by: 'accountId' });
    if (query.clientId !== undefined)
      return await pageOfIndex(auditTable, { ...query, ...range, by: 'clientId' });
    return await pageOfDays(auditTable, range);
  },
});

interface Range {
  readonly from: string;
  /** Sort key below which the page begins. */
  readonly below: string;
  readonly limit: number;
}

const lower = (one: string, other: string | undefined): string =>
  other !== undefined && other < one ? other : one;

async function pageOfIndex(
  auditTable: Table,
  { by, ...query }: Range & Pick<AuditQuery, 'accountId' | 'clientId'> & { by: 'accountId' | 'clientId' },
): Promise<AuditPage> {
  const entries: AuditEntry[] = [];
  const isFiltered = by === 'accountId' && query.clientId !== undefined;
  const limit = isFiltered ? LOOKED_AT : query.limit + 1;
  let { below } = query;
  for (let queries = 0; queries < QUERIES; queries += 1) {
    const page = await entriesBelow(auditTable, {
      ...query,
      below,
      index: by,
      partition: [by, query[by] ?? ''],
      limit,
    });
    entries.push(...page.entries.filter(({ clientId }) => !isFiltered || clientId === query.clientId));
    if (entries.length > query.limit) return cut(entries, query.limit);
    if (page.next === undefined) return { entries };
    below = page.next;
  }
  return { entries, next: below };
}

async function pageOfDays(auditTable: Table, range: Range): Promise<AuditPage> {
  const entries: AuditEntry[] = [];
  const [first, last] = [dayOfKey(range.from), dayOfKey(range.below)];
  for (let days = 0; days < DAYS; days += 1) {
    const day = dayAfter(last, -days);
    if (day < first) return { entries };
    const shards = Array.from({ length: SHARDS }, (_, shard) => dayShard(day, shard));
    const read = shards.map((shard) =>
      entriesBelow(auditTable, { ...range, partition: ['dayShard', shard], limit: range.limit + 1 }),
    );
    const found = (await Promise.all(read)).flatMap((page) => page.entries);
    entries.push(...found.toSorted((one, other) => (entryKey(one) < entryKey(other) ? 1 : -1)));
    if (entries.length > range.limit) return cut(entries, range.limit);
  }
  return { entries, next: padded(epochMillis(Date.parse(dayAfter(last, 1 - DAYS)))) };
}

const dayOfKey = (key: string): string => dayOf(epochMillis(Number(key.slice(0, 15))), 'UTC');

function cut(entries: readonly AuditEntry[], limit: number): AuditPage {
  const kept = entries.slice(0, limit);
  const last = kept.at(-1);
  return { entries: kept, next: last && entryKey(last) };
}

interface Item extends AuditEntry {
  readonly dayShard: string;
  readonly entryKey: string;
  readonly expiresAtSeconds: number;
}

/** Entries of a partition whose sort key is below the end of the range, newest first. */
async function entriesBelow(
  { dynamo, table }: Table,
  query: Range & { partition: readonly [attribute: string, value: string]; index?: string },
): Promise<AuditPage> {
  const [attribute, value] = query.partition;
  const answer: QueryCommandOutput = await dynamo.send(
    new QueryCommand({
      TableName: table,
      IndexName: query.index,
      KeyConditionExpression: `${attribute} = :value AND entryKey BETWEEN :from AND :below`,
      ExpressionAttributeValues: { ':value': value, ':from': query.from, ':below': query.below },
      ScanIndexForward: false,
      // BETWEEN includes the end itself, which the page before has had.
      Limit: query.limit + 1,
    }),
  );
  const items = (answer.Items ?? []) as Item[];
  const next: unknown = answer.LastEvaluatedKey?.entryKey;
  return {
    entries: items
      .filter((item) => item.entryKey < query.below)
      .map(({ dayShard: _shard, entryKey: _key, expiresAtSeconds: _end, ...entry }) => entry),
    next: typeof next === 'string' ? next : undefined,
  };
}
