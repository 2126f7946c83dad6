import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditLog, auditReader } from '../../../functions/adapters/audit.ts';
import type { AuditEntry, AuditQuery } from '../../../functions/core/admin/audit.ts';
import { DAY, epochMillis, HOUR, plus } from '../../../functions/core/base/time.ts';
import { startOneTable } from '../../support/one-table.ts';

/* The audit log in the embedded store: whatever page and filter, each entry of the period once, newest first. */

const NOW = epochMillis(Date.parse('2026-11-29T10:00:00Z'));
let store: Awaited<ReturnType<typeof startOneTable>>;
const entries: AuditEntry[] = [];

beforeAll(async () => {
  store = await startOneTable('entryKey', 'dayShard', { indexes: ['accountId', 'clientId'] });
  const log = auditLog(store);
  for (let made = 0; made < 240; made += 1) {
    // Bunches of entries, some of the same millisecond, over ninety days with weeks of silence between.
    const days = [0, 0, 1, 40, 41, 89][made % 6] ?? 0;
    const entry: AuditEntry = {
      auditId: randomUUID(),
      atMillis: plus(NOW, -days * DAY - (made % 5) * HOUR),
      operation: 'accounts.pause',
      clientId: `client-${made % 3}`,
      outcome: 'done',
      requestId: `request-${made}`,
      ...(made % 4 > 0 && { accountId: `account-${made % 4}` }),
    };
    entries.push(entry);
    await log.write(entry);
  }
});
afterAll(() => store.close());

async function readAll(query: Omit<AuditQuery, 'after'>): Promise<AuditEntry[]> {
  const found: AuditEntry[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < 500; pages += 1) {
    const page = await auditReader(store).page({ ...query, after });
    expect(page.entries.length).toBeLessThanOrEqual(query.limit);
    found.push(...page.entries);
    if (page.next === undefined) return found;
    after = page.next;
  }
  throw new Error('the pages have no end');
}

it('gives each entry of a period and filter once, newest first, in pages of any size', async () => {
  const moment = fc.integer({ min: -100 * 24, max: 1 }).map((hours) => plus(NOW, hours * HOUR));
  const query = fc.record({
    accountId: fc.option(fc.constantFrom('account-1', 'account-2', 'account-9'), { nil: undefined }),
    clientId: fc.option(fc.constantFrom('client-0', 'client-2', 'client-9'), { nil: undefined }),
    fromMillis: moment,
    toMillis: moment,
    limit: fc.integer({ min: 1, max: 100 }),
  });
  await fc.assert(
    fc.asyncProperty(query, async (asked) => {
      const found = await readAll(asked);
      const wanted = entries.filter(
        (one) =>
          one.atMillis >= asked.fromMillis &&
          one.atMillis < asked.toMillis &&
          (asked.accountId === undefined || one.accountId === asked.accountId) &&
          (asked.clientId === undefined || one.clientId === asked.clientId),
      );
      const times = found.map(({ atMillis }) => atMillis);
      expect(times).toEqual(times.toSorted((one, other) => other - one));
      expect(found.map(({ auditId }) => auditId).toSorted()).toEqual(
        wanted.map(({ auditId }) => auditId).toSorted(),
      );
    }),
    { numRuns: 40 },
  );
});

it('asks by account and by client in a request, however many entries others have', async () => {
  const range = { fromMillis: plus(NOW, -DAY), toMillis: plus(NOW, 1), limit: 5 };
  const before = store.requests();
  await auditReader(store).page({ ...range, accountId: 'account-1' });
  expect(store.requests() - before).toBe(1);
  await auditReader(store).page({ ...range, clientId: 'client-1' });
  expect(store.requests() - before).toBe(2);
});

it('is kept for a year', async () => {
  const { GetCommand } = await import('@aws-sdk/lib-dynamodb');
  const [first] = entries;
  if (first === undefined) throw new Error('no entry');
  const key = `${String(first.atMillis).padStart(15, '0')}-${first.auditId}`;
  const shards = [0, 1, 2, 3].map((shard) =>
    store.dynamo.send(
      new GetCommand({ TableName: store.table, Key: { dayShard: `2026-11-29#${shard}`, entryKey: key } }),
    ),
  );
  const found = (await Promise.all(shards)).flatMap(({ Item }) => Item ?? []);
  expect(found.map(({ expiresAtSeconds }) => expiresAtSeconds)).toEqual([
    Math.floor(plus(first.atMillis, 365 * DAY) / 1_000),
  ]);
});
