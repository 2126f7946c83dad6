import { type FaultReason, MarketplaceFault, meaningOf } from '../faults.ts';
import type { Marketplace } from '../marketplace.ts';
import type { KeyStore, WebapiKey } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { type Clock, MINUTE, plus } from '../time.ts';
import { stopped } from './faults.ts';

/** How often a refused or limited WebAPI key is tried again, by one worker for all its accounts. */
const PROBE_EVERY = 5 * MINUTE;

const VERSION_KEY_TIMEOUT = 15_000;

export interface VersionKeyDeps {
  readonly marketplace: Marketplace;
  readonly keys: KeyStore;
  readonly clock: Clock;
}

/** What a login needs of its WebAPI key. */
export interface KeyMaterial {
  readonly webapiKey: Secret;
  readonly versionKey: string | undefined;
}

/**
 * The WebAPI key and its version key, the cached one unless `fresh` is asked for. A key in trouble is
 * probed with the version key's operation, never with a login, by one elected worker; everybody else gets
 * the stored trouble. Throws MarketplaceFault.
 */
export async function keyMaterial(
  deps: VersionKeyDeps,
  query: { keyId: string; fresh: boolean },
): Promise<KeyMaterial> {
  const [key, webapiKey] = await Promise.all([
    deps.keys.read(query.keyId),
    deps.keys.readSecret(query.keyId),
  ]);
  if (key === undefined || webapiKey === undefined) throw stopped('key-missing');
  if (key.trouble !== undefined) await electProbe(deps, key, key.trouble);
  const cached = key.versionKeys[deps.marketplace.settings.id];
  if (deps.marketplace.fetchVersionKey === undefined) return { webapiKey, versionKey: undefined };
  if (cached !== undefined && !query.fresh && key.trouble === undefined)
    return { webapiKey, versionKey: cached };
  const versionKey = await fetchVersionKey(deps, { key, webapiKey });
  return { webapiKey, versionKey };
}

async function electProbe(
  deps: VersionKeyDeps,
  key: WebapiKey,
  trouble: NonNullable<WebapiKey['trouble']>,
): Promise<void> {
  const now = deps.clock();
  const due = now >= trouble.probeAtMillis;
  const next = { expectedMillis: trouble.probeAtMillis, nextMillis: plus(now, PROBE_EVERY) };
  if (!due || !(await deps.keys.takeProbe(key.keyId, next))) throw stopped(trouble.reason);
}

async function fetchVersionKey(
  deps: VersionKeyDeps,
  use: { key: WebapiKey; webapiKey: Secret },
): Promise<string> {
  const { marketplace, keys } = deps;
  const { keyId } = use.key;
  try {
    const versionKey = await marketplace.fetchVersionKey?.(use.webapiKey, {
      timeoutMillis: VERSION_KEY_TIMEOUT,
    });
    if (versionKey === undefined) throw stopped('feature-unknown');
    await keys.saveVersionKey(keyId, { marketplaceId: marketplace.settings.id, versionKey });
    if (use.key.trouble !== undefined) await keys.clearTrouble(keyId);
    return versionKey;
  } catch (error) {
    if (error instanceof MarketplaceFault) await noteKeyTrouble(deps, { keyId, reason: error.reason });
    throw error;
  }
}

/** Stores trouble of the key once, for all its accounts; other faults pass by. */
export async function noteKeyTrouble(
  deps: Pick<VersionKeyDeps, 'keys' | 'clock'>,
  fault: { keyId: string; reason: FaultReason },
): Promise<void> {
  if (meaningOf(fault.reason).scope !== 'key' || fault.reason === 'key-missing') return;
  const now = deps.clock();
  await deps.keys.recordTrouble(fault.keyId, {
    reason: fault.reason,
    sinceMillis: now,
    probeAtMillis: plus(now, PROBE_EVERY),
  });
}
