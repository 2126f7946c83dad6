import { accountStore } from '../adapters/accounts.ts';
import { claimStore } from '../adapters/claims.ts';
import { erasureStore } from '../adapters/erasures.ts';
import { journalStore } from '../adapters/journal.ts';
import { keyStore } from '../adapters/keys.ts';
import { ledger } from '../adapters/ledger.ts';
import { callCounter } from '../adapters/limits.ts';
import { listedStore } from '../adapters/listed.ts';
import { loginKeys } from '../adapters/login-keys.ts';
import { offerStore } from '../adapters/offers.ts';
import { orderStore } from '../adapters/orders.ts';
import { workQueue } from '../adapters/queue.ts';
import { createVault, fingerprints, passwordStore } from '../adapters/secrets.ts';
import { sendingStore } from '../adapters/sending.ts';
import { sessionStore } from '../adapters/sessions.ts';
import { troubleStore } from '../adapters/troubles.ts';
import type { Ledger } from '../core/access/login-log.ts';
import type { Log } from '../core/base/log.ts';
import type { Announcer } from '../core/delivery/announcer.ts';
import { callLimits } from '../core/limits/limits.ts';
import type { RunDeps } from '../core/run/run.ts';
import { wireAnnouncer } from './announcer.ts';
import { clock, newId, newShortId, random, sleep } from './basics.ts';
import { correlationId } from './correlation.ts';
import { driverRegistry } from './drivers.ts';
import { createLog } from './log.ts';
import { marketplaceSettings } from './marketplaces.ts';
import { buyersDataKept, callBudget, pollIntervalSettings, setting, vaultSettings } from './settings.ts';
import { processDynamo } from './store.ts';

/** The dependencies of `work`, wired once per process. */
export function workDeps(): Omit<RunDeps, 'outOfTime' | 'endsAtMillis'> & { announcer: Announcer } {
  const dynamo = processDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const vault = createVault(vaultSettings());
  const log = createLog();
  const announcer = wireAnnouncer(dynamo, log);
  const marketplaces = marketplaceSettings();
  return {
    accounts: accountStore({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    orders: orderStore({
      dynamo,
      orders: setting('ORDERS_TABLE'),
      feed: setting('FEED_TABLE'),
      consumers: setting('CONSUMERS_TABLE'),
      announce: announcer.announce,
    }),
    erasures: erasureStore(registry),
    announcer,
    sending: sendingStore({ dynamo, table: setting('SENDING_TABLE') }),
    journal: journalStore({ dynamo, table: setting('JOURNAL_TABLE') }, clock),
    listed: listedStore({ dynamo, table: setting('JOURNAL_TABLE') }, clock),
    offers: offerStore({ dynamo, table: setting('OFFERS_TABLE') }),
    access: {
      sessions: sessionStore({ dynamo, table: setting('SESSIONS_TABLE'), registry: registry.table }),
      passwords: passwordStore(vault),
      keys: keyStore(registry, vault),
      claims: claimStore(registry),
      loginKey: loginKeys({ vault, keyName: setting('FINGERPRINT_KEY'), registry }),
      troubles: troubleStore(registry),
      ledger: toldLedger(ledger({ dynamo, table: setting('LOGINS_TABLE') }), log),
      fingerprint: fingerprints(vault, setting('FINGERPRINT_KEY')),
      egressId: setting('EGRESS_ID'),
      worker: newShortId(),
    },
    queue: workQueue(setting('WORK_QUEUE_URL'), correlationId),
    log,
    driverOf: driverRegistry(marketplaces),
    identityOf: (id) => marketplaces.get(id)?.identity ?? id,
    limits: callLimits({ clock, sleep, random, counter: callCounter(registry) }, callBudget()),
    pollInterval: pollIntervalSettings(),
    keptMillis: buyersDataKept(),
    clock,
    newId,
    random,
    sleep,
  };
}

/** The log of logins, whose ends are told to the log of the function, too. */
const toldLedger = (kept: Ledger, log: Log): Ledger => ({
  ...kept,
  async close(accountId, end) {
    await kept.close(accountId, end);
    const { attemptId, outcome, code } = end;
    log.info('login-ended', { accountId, attemptId, outcome, code });
  },
});
