import { type Account, CREATION_TIME, type LoginMemory, normaliseLogin } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import {
  amended,
  completed,
  keptUntilMillis,
  type LeftMemory,
  memoryOf,
  mergedMemory,
  NO_MEMORY,
} from '../account/memory.ts';
import type { AccountStore } from '../account/store.ts';
import type { Transition } from '../account/transitions.ts';
import { type Clock, type EpochMillis, epochMillis, latestTrueTime, plus, SECOND } from '../base/time.ts';
import type { Claim, ClaimName, ClaimStore } from './login-log.ts';

/** Number of conflicts in a row that the writers of a claim do not cause by chance. */
const CONFLICTS = 20;

export interface ClaimDeps {
  readonly claims: ClaimStore;
  readonly accounts: Pick<AccountStore, 'read'>;
  readonly clock: Clock;
  /** The keyed hash that names a normalised login, so that a claim holds no personal data in plain text. */
  readonly loginKey: (login: string) => Promise<string>;
}

/** An account that claims a login or a seller, at a marketplace by its identity. */
export interface Claimant {
  readonly accountId: string;
  readonly identity: string;
}

export interface Owner {
  readonly owner: string;
  /** Time at which the claim was taken. */
  readonly sinceMillis: EpochMillis;
}

export async function loginClaim(
  deps: Pick<ClaimDeps, 'loginKey'>,
  { identity, login }: { identity: string; login: string },
): Promise<ClaimName> {
  return { kind: 'login', identity, key: await deps.loginKey(normaliseLogin(login)) };
}

export const sellerClaim = ({ identity, userId }: { identity: string; userId: string }): ClaimName => ({
  kind: 'seller',
  identity,
  key: userId,
});

/** Takes a claim that is free or the account's own. Returns the claim, or its owner. */
export async function takeClaim(deps: ClaimDeps, name: ClaimName, accountId: string): Promise<Claim | Owner> {
  for (let round = 0; round < CONFLICTS; round += 1) {
    const claim = await deps.claims.read(name);
    if (claim?.accountId === accountId) return claim;
    const now = deps.clock();
    if (claim?.accountId !== undefined && claim.atMillis > latestTrueTime(now)) {
      // The owner's clock was ahead: the time for the creation begins anew.
      await deps.claims.write(name, { ...claim, revision: claim.revision + 1, atMillis: now });
      continue;
    }
    const owner = await ownerOf(deps, claim);
    if (owner !== undefined) return owner;
    const taken: Claim = {
      ...claim,
      revision: (claim?.revision ?? 0) + 1,
      accountId,
      atMillis: now,
      keptUntilMillis: undefined,
    };
    if (await deps.claims.write(name, taken)) return taken;
  }
  throw new Error(`too many writers on a claim of account ${accountId}`);
}

export const isOwned = <T extends object>(answer: T | Owner): answer is Owner => 'owner' in answer;

/** The owner of a claim, if its account exists or may still be under creation. */
async function ownerOf(deps: ClaimDeps, claim: Claim | undefined): Promise<Owner | undefined> {
  if (claim?.accountId === undefined) return undefined;
  const owner = { owner: claim.accountId, sinceMillis: claim.atMillis };
  if (deps.clock() < plus(claim.atMillis, CREATION_TIME)) return owner;
  return (await deps.accounts.read(claim.accountId)) === undefined ? undefined : owner;
}

/** Changes an existing claim, again if another write came first. Returns the claim afterwards. */
async function rewrite(
  deps: Pick<ClaimDeps, 'claims'>,
  name: ClaimName,
  change: (claim: Claim) => Omit<Claim, 'revision'> | undefined,
): Promise<Claim | undefined> {
  for (let round = 0; round < CONFLICTS; round += 1) {
    const claim = await deps.claims.read(name);
    const changed = claim === undefined ? undefined : change(claim);
    if (claim === undefined || changed === undefined) return claim;
    const next = { ...changed, revision: claim.revision + 1 };
    if (await deps.claims.write(name, next)) return next;
  }
  throw new Error(`too many writers on a claim on a ${name.kind}`);
}

export interface Taken {
  /** Memories of the login and of its seller. */
  readonly memories: readonly LeftMemory[];
  readonly userId: string | undefined;
}

/**
 * Takes a login for a new account, and its seller if known. Returns the memories of both, or the owner of
 * either; then nothing is taken.
 */
export async function takeLogin(
  deps: ClaimDeps,
  claimant: Claimant & { login: string },
): Promise<Taken | Owner> {
  const { accountId, identity } = claimant;
  const name = await loginClaim(deps, claimant);
  const login = await takeClaim(deps, name, accountId);
  if (isOwned(login)) return login;
  const { userId } = login;
  if (userId === undefined) return { memories: memoriesKept([login], deps.clock()), userId };
  const seller = await takeClaim(deps, sellerClaim({ identity, userId }), accountId);
  if (!isOwned(seller)) return { memories: memoriesKept([login, seller], deps.clock()), userId };
  await giveBack(deps, name, accountId);
  return seller;
}

/**
 * Completes the row of an account under creation from its claims: an answer for an earlier account of the seller was
 * written to them if it found no row. Takes no claim, because the row may be gone. False if the claims are not the
 * account's own any more.
 */
export async function completeFromClaims(
  deps: ClaimDeps & AmendDeps,
  { accountId, identity, login }: Claimant & { login: string },
): Promise<boolean> {
  const ofLogin = await deps.claims.read(await loginClaim(deps, { identity, login }));
  if (ofLogin?.accountId !== accountId) return false;
  const { userId } = ofLogin;
  const ofSeller =
    userId === undefined ? undefined : await deps.claims.read(sellerClaim({ identity, userId }));
  if (ofSeller !== undefined && ofSeller.accountId !== accountId) return false;
  const memories = memoriesKept([ofLogin, ofSeller], deps.clock());
  if (memories.length === 0) return true;
  await amend(deps, accountId, { to: completed(memories.reduce(mergedMemory, NO_MEMORY)) });
  return true;
}

/** The memories of a login and its seller, read without taking either. */
export async function recall(
  deps: Pick<ClaimDeps, 'claims' | 'loginKey' | 'clock'>,
  sought: { identity: string; login: string },
): Promise<readonly LeftMemory[]> {
  const login = await deps.claims.read(await loginClaim(deps, sought));
  if (login?.userId === undefined) return memoriesKept([login], deps.clock());
  const seller = await deps.claims.read(sellerClaim({ ...sought, userId: login.userId }));
  return memoriesKept([login, seller], deps.clock());
}

const memoriesKept = (claims: readonly (Claim | undefined)[], now: EpochMillis): LeftMemory[] =>
  claims.flatMap((claim) =>
    claim?.memory === undefined || keptUntilMillis(claim.memory) <= now ? [] : [claim.memory],
  );

/** Gives a login back with its memory unchanged, because nothing was attempted. */
export async function giveBack(deps: ClaimDeps, name: ClaimName, accountId: string): Promise<void> {
  await rewrite(deps, name, (claim) =>
    claim.accountId === accountId ? { ...claim, ...ownerless(claim.memory, deps.clock()) } : undefined,
  );
}

/**
 * Leaves the claims of an account that is being removed, with its memory. The memory is stored once, so that
 * it is not counted twice: on the seller's claim if the account has it, else on that of the login.
 */
export async function leaveClaims(
  deps: ClaimDeps,
  { account, identity }: { account: Account; identity: string },
): Promise<void> {
  const { accountId, userId } = account;
  const memory: LeftMemory = { ...memoryOf(account), id: accountId };
  const leave = (name: ClaimName, left: Pick<Claim, 'memory' | 'userId'>) =>
    rewrite(deps, name, (claim) =>
      isLeftBy(claim, accountId) ? { ...left, ...ownerless(memory, deps.clock()) } : undefined,
    );
  const seller = userId === undefined ? undefined : sellerClaim({ identity, userId });
  const onSeller = seller !== undefined && (await leave(seller, { memory }))?.memory?.id === accountId;
  const login = await loginClaim(deps, { identity, login: account.login });
  await leave(login, { userId, memory: onSeller ? undefined : memory });
}

/** Whether the claim is the account's own, or was left by it a moment ago with an older memory. */
const isLeftBy = (claim: Claim, accountId: string): boolean =>
  claim.accountId === accountId || (claim.accountId === undefined && claim.memory?.id === accountId);

const ownerless = (memory: LoginMemory | undefined, now: EpochMillis) => ({
  accountId: undefined,
  atMillis: now,
  keptUntilMillis: epochMillis(Math.max(now, memory === undefined ? 0 : keptUntilMillis(memory))),
});

/** Number of looks, a second apart, for an account whose addition has claimed the memory and not yet stored the row. */
const LOOKS = 5;
/** Number of owners of a claim that come and go while an answer is applied. */
const OWNERS = 3;

/**
 * Applies an answer that arrived after its account was removed: to the memory that the account left, or to
 * the account that has taken the memory over.
 */
export async function amendLeft(
  deps: LeftDeps,
  { account, identity, to }: { account: Account; identity: string; to: Transition },
): Promise<void> {
  const login = await loginClaim(deps, { identity, login: account.login });
  const userId = account.userId ?? (await deps.claims.read(login))?.userId;
  const names = userId === undefined ? [login] : [sellerClaim({ identity, userId }), login];
  for (const name of names) if (await amendClaim(deps, { name, accountId: account.accountId, to })) return;
}

type LeftDeps = ClaimDeps & AmendDeps & { readonly sleep: (millis: number) => Promise<void> };

/** Whether the claim has a memory or an owner, to which the answer was applied. */
async function amendClaim(
  deps: LeftDeps,
  { name, accountId, to }: { name: ClaimName; accountId: string; to: Transition },
): Promise<boolean> {
  for (let round = 0; round < OWNERS; round += 1) {
    const claim = await rewrite(deps, name, (found) => {
      const memory =
        found.accountId !== undefined || found.memory === undefined ? undefined : amended(found.memory, to);
      return memory === undefined ? undefined : { ...found, ...ownerless(memory, deps.clock()), memory };
    });
    const owner = claim?.accountId;
    if (owner === undefined) return claim?.memory !== undefined;
    if (owner === accountId || (await amendHeir(deps, { name, owner, to }))) return true;
  }
  throw new Error(`too many owners of a claim on a ${name.kind}`);
}

/**
 * Applies the answer to the account that has taken the memory over, and to the memory while its addition has not stored
 * the row. False if the claim has another owner meanwhile.
 */
async function amendHeir(
  deps: LeftDeps,
  { name, owner, to }: { name: ClaimName; owner: string; to: Transition },
): Promise<boolean> {
  const amendRow = async () => (await amend(deps, owner, { to })) !== undefined;
  const reached = async () => {
    if (await amendRow()) return true;
    if ((await deps.accounts.read(owner)) === undefined) return false;
    // The row may have been stored between the two readings.
    await amendRow();
    return true;
  };
  for (let look = 0; look < LOOKS; look += 1) {
    if (await reached()) return true;
    await deps.sleep(SECOND);
  }
  const claim = await rewrite(deps, name, (found) => {
    const memory =
      found.accountId !== owner || found.memory === undefined ? undefined : amended(found.memory, to);
    return memory === undefined ? undefined : { ...found, memory };
  });
  if (claim?.accountId !== owner) return false;
  // A row that is stored from now on is completed from the claim by the addition; one that was stored meanwhile may
  // have been completed before.
  await reached();
  return true;
}
