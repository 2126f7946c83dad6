import { AUDIT_ENTRY_KEY, auditReader } from '../../adapters/audit.ts';
import type { AUDIT } from '../../contract/audit.ts';
import { type AuditEntry, auditFor } from '../../core/admin/audit.ts';
import { epochMillis, toIso } from '../../core/base/time.ts';
import { clock } from '../basics.ts';
import { fromCursor, nextCursor } from '../input.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { processDynamo } from '../store.ts';

/** The route of the audit log, wired to the real store. */
export function auditApi(): Routes<typeof AUDIT> {
  const audit = auditReader({ dynamo: processDynamo(), table: setting('AUDIT_TABLE') });
  return {
    async 'audit.list'({ query: { account, client: clientId, from, to, limit, cursor }, client }) {
      const page = await auditFor(audit, client, {
        accountId: account,
        clientId,
        fromMillis: moment(from),
        toMillis: moment(to),
        limit,
        after: fromCursor(cursor, AUDIT_ENTRY_KEY),
        now: clock(),
      });
      return { status: 200, body: { entries: page.entries.map(entryView), cursor: nextCursor(page.next) } };
    },
  };
}

const moment = (text: string | undefined) => (text === undefined ? undefined : epochMillis(Date.parse(text)));

const entryView = ({ atMillis, ...entry }: AuditEntry) => ({
  auditId: entry.auditId,
  at: toIso(atMillis),
  operation: entry.operation,
  clientId: entry.clientId,
  clientName: entry.clientName ?? null,
  accountId: entry.accountId ?? null,
  target: entry.target ?? null,
  outcome: entry.outcome,
  problem: entry.problem ?? null,
  verdict: entry.verdict ?? null,
  requestId: entry.requestId,
});
