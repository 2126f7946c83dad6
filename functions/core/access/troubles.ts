import { isLoginOutage } from '../account/fault.ts';
import { DOUBT } from '../account/login-limits.ts';
import { type Clock, hasToWait, MINUTE, plus } from '../base/time.ts';
import { MarketplaceFault, meaningOf } from '../faults/fault.ts';
import { OwnStop } from '../faults/own-stop.ts';
import type { Shared, Trouble, TroubleStore } from '../faults/store.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { KeyStore } from './key-store.ts';

/** How often trouble that several accounts share is looked at again, by one worker for all. */
const PROBE_EVERY = 5 * MINUTE;

const PROBE_TIMEOUT = 15_000;

export interface TroubleDeps {
  readonly marketplace: Marketplace;
  readonly keys: KeyStore;
  readonly troubles: TroubleStore;
  readonly clock: Clock;
  readonly egressId: string;
}

export const integrationKeyOf = (name: string): Shared => ({ kind: 'integration-key', name });
/** An address is blocked by a marketplace, not by all of them. */
export const egressOf = ({ identity, egressId }: { identity: string; egressId: string }): Shared => ({
  kind: 'egress',
  name: `${identity}/${egressId}`,
});
/** By identity, so that trouble met through one entrance stops the others. */
export const marketplaceOf = ({ identity }: { identity: string }): Shared => ({
  kind: 'marketplace',
  name: identity,
});

/** True for exactly one worker per interval; the others leave the marketplace alone. */
export async function isElected(
  deps: Pick<TroubleDeps, 'troubles' | 'clock'>,
  { trouble, ...shared }: Trouble,
): Promise<boolean> {
  const now = deps.clock();
  if (hasToWait(trouble.probeAtMillis, { now, atMost: PROBE_EVERY })) return false;
  return await deps.troubles.takeProbe(shared, {
    expectedMillis: trouble.probeAtMillis,
    nextMillis: plus(now, PROBE_EVERY),
  });
}

/**
 * Passes when nothing is the matter with key and address. Else one elected worker asks with the
 * key alone, never with a login, and success ends the trouble for all; everybody else stops.
 * Throws Stop.
 */
export async function passTroubles(
  deps: TroubleDeps,
  { troubles, keyId }: { keyId: string; troubles: readonly Trouble[] },
): Promise<void> {
  const first = troubles[0];
  if (first === undefined) return;
  const elected = await Promise.all(troubles.map((trouble) => isElected(deps, trouble)));
  if (!elected.some(Boolean)) throw new OwnStop(first.trouble.reason);
  const integrationKey = await deps.keys.readSecret(keyId);
  if (integrationKey === undefined) throw new OwnStop('key-missing');
  const { access } = deps.marketplace;
  const question = () => access.probeKey(integrationKey, { timeoutMillis: PROBE_TIMEOUT });
  await withTroubles(deps, { keyId, question });
  for (const { trouble: _, ...shared } of troubles) {
    const now = deps.clock();
    await deps.troubles.end(shared, { atMillis: now, nowMillis: now });
  }
}

/** Asks the marketplace a question. Stores the trouble of key or address that the question meets, and throws it. */
export async function withTroubles<T>(
  deps: Pick<TroubleDeps, 'troubles' | 'clock' | 'egressId' | 'marketplace'>,
  { keyId, question }: { keyId: string; question: () => Promise<T> },
): Promise<T> {
  try {
    return await question();
  } catch (error) {
    await noteTrouble(deps, { keyId, error });
    throw error;
  }
}

/** Stores trouble of a key or an address once, for all its accounts; other faults pass by. */
export async function noteTrouble(
  deps: Pick<TroubleDeps, 'troubles' | 'clock' | 'egressId' | 'marketplace'>,
  { error, keyId }: { keyId: string; error: unknown },
): Promise<void> {
  if (!(error instanceof MarketplaceFault)) return;
  const { scope } = meaningOf(error.reason);
  if (scope === 'account') return;
  const now = deps.clock();
  const shared =
    scope === 'key'
      ? integrationKeyOf(keyId)
      : egressOf({ ...deps.marketplace.settings, egressId: deps.egressId });
  await deps.troubles.record(shared, {
    reason: error.reason,
    sinceMillis: now,
    probeAtMillis: plus(now, PROBE_EVERY),
  });
}

/** The marketplace lets nobody in, or leaves logins unanswered: until it lets one in, one account tries for all. */
export async function noteLoginOutage(
  deps: Pick<TroubleDeps, 'troubles' | 'clock' | 'marketplace'>,
  fault: MarketplaceFault,
): Promise<void> {
  if (!isLoginOutage(fault)) return;
  const now = deps.clock();
  const reason = fault.outcome === 'unclear' ? 'no-readable-reply' : fault.reason;
  const trouble = { reason, sinceMillis: now, probeAtMillis: plus(now, PROBE_EVERY) };
  await deps.troubles.record(marketplaceOf(deps.marketplace.settings), trouble);
}

/**
 * A password that this marketplace had accepted is refused: the third account within minutes means that the marketplace
 * errs, and all others would lose their passwords too. Until a login is accepted, one account tries for all.
 */
export async function noteDoubt(
  deps: Pick<TroubleDeps, 'troubles' | 'clock' | 'marketplace'>,
  accountId: string,
): Promise<void> {
  const now = deps.clock();
  const shared = marketplaceOf(deps.marketplace.settings);
  const refusal = { accountId, atMillis: now, withinMillis: DOUBT.within };
  if ((await deps.troubles.noteRefusal(shared, refusal)) < DOUBT.refusals) return;
  const trouble = {
    reason: 'passwords-doubted',
    sinceMillis: now,
    probeAtMillis: plus(now, PROBE_EVERY),
  } as const;
  await deps.troubles.record(shared, trouble);
}
