import type { EpochMillis } from '../base/time.ts';
import type { Account, AccountChanges, Verdict } from './account.ts';
import { markedResent } from './counting.ts';
import type { Attempt } from './guard.ts';

/* The marketplace's verdicts on the versions of a password, and a person's permission to send a refused one again. */

/** Number of verdicts that are remembered beside those of the versions in use. */
const VERDICTS_KEPT = 20;

/** Adds a verdict, and forgets the oldest of versions that are neither in use nor waiting. */
export function withVerdict(account: Account, add: { version: string; verdict: Verdict }): AccountChanges {
  const known = Object.entries(account.verdicts).filter(([version]) => version !== add.version);
  const referred = ([version]: [string, Verdict]) => isInUseOrStaged(account, version);
  const others = known.filter((entry) => !referred(entry)).sort(([, a], [, b]) => b.atMillis - a.atMillis);
  const kept = [...known.filter(referred), ...others.slice(0, VERDICTS_KEPT)];
  return { verdicts: { ...Object.fromEntries(kept), [add.version]: add.verdict } };
}

/**
 * Adds an acceptance. The first of a version ends permissions to send passwords again that were refused before it was
 * sent: nobody needs them any more.
 */
export function withAccepted(
  account: Account,
  { version, sentMillis, atMillis }: { version: string; sentMillis: EpochMillis; atMillis: EpochMillis },
): AccountChanges {
  const isFirst = account.verdicts[version]?.outcome !== 'accepted';
  const isOver = (one: Verdict | undefined): boolean =>
    isFirst && one?.outcome === 'refused' && one.atMillis < sentMillis;
  const verdicts = Object.fromEntries(
    Object.entries(account.verdicts).map(([known, one]): [string, Verdict] => [
      known,
      isOver(one) ? { ...one, resend: 'used' } : one,
    ]),
  );
  const { stagedVersion } = account;
  const isStagedOver = stagedVersion !== undefined && isOver(account.verdicts[stagedVersion]);
  return {
    ...withVerdict({ ...account, verdicts }, { version, verdict: { outcome: 'accepted', atMillis } }),
    ...(isStagedOver && { stagedVersion: undefined }),
  };
}

/** Whether a version is in use or waits to be tried. */
export const isInUseOrStaged = (account: Account, version: string): boolean =>
  version === account.currentVersion || version === account.stagedVersion;

/** Marks the permission to send a refused version again as used, before the version is sent, and its password as resent. */
export function withResend(account: Account, { version, prints = [] }: Attempt): AccountChanges {
  const verdict = account.verdicts[version];
  if (verdict?.resend !== 'permitted') return {};
  return {
    ...markedResent(account, prints),
    verdicts: { ...account.verdicts, [version]: { ...verdict, resend: 'used' } },
  };
}

/** The version in use if it is refused, else the version with the latest refusal. */
export function lastRefused(account: Account): string | undefined {
  if (account.verdicts[account.currentVersion]?.outcome === 'refused') return account.currentVersion;
  return Object.entries(account.verdicts)
    .filter(([, { outcome }]) => outcome === 'refused')
    .toSorted(([, a], [, b]) => a.atMillis - b.atMillis)
    .at(-1)?.[0];
}

/** The verdicts without permissions that were not used. */
export const withoutPermissions = (verdicts: Account['verdicts']): Account['verdicts'] =>
  Object.fromEntries(
    Object.entries(verdicts).map(([version, { resend, ...verdict }]) => [
      version,
      { ...verdict, ...(resend === 'used' && { resend }) },
    ]),
  );
