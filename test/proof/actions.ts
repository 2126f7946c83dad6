import { Secret } from '../../functions/core/base/secret.ts';
import { SECOND_ENTRANCE, SETTINGS } from './market.ts';
import type { Action, RequestKind, SecondName, Typed } from './schedule.ts';
import type { Run } from './simulate.ts';
import { loginOf, twinLoginOf, type World } from './world.ts';

/** Carries out an action of people, of the marketplace, or of the platform. */
export function act(run: Run, action: Action): void {
  const { world } = run;
  world.trace(undefined, () => `* ${describe(action)}`);
  if (!happen(world, action)) request(run, action as Action & Request);
}

/** Carries out an action that needs no process of ours. False for a request. */
function happen(world: World, action: Action): boolean {
  const { market, scheduler } = world;
  const { now } = scheduler;
  const seller = market.seller(action.account);
  if (action.kind === 'website-login') market.websiteLogin(seller, now);
  else if (action.kind === 'captcha') seller.locked = true;
  else if (action.kind === 'kill-sessions') seller.handles = [];
  else if (action.kind === 'crowd-out') market.crowdOut(seller, now);
  else if (action.kind === 'new-version-key') market.versionKey += 1;
  else if (action.kind === 'new-right-password') seller.right = `right-${action.account}-${world.newId('p')}`;
  else if (action.kind === 'move-egress') moveEgress(world);
  else if (action.kind === 'trouble') market.begin(action.of, now + action.millis);
  else if (action.kind === 'outage') world.outage(action.of, now + action.millis);
  else if (action.kind === 'stale-reads') staleReads(world, action);
  else if (action.kind === 'jump') world.jump(action);
  else if (action.kind === 'restore') world.restore(world.accountIdOf(action.account) ?? '', action);
  else if (action.kind === 'rotate') rotate(world, action);
  else return false;
  return true;
}

/** Moves the deployment to another fixed address; without a pinned address there is nothing to move. */
function moveEgress(world: World): void {
  if (world.egressId !== 'unpinned') world.egressId = `${world.egressId}'`;
}

export const describe = (action: Action): string => {
  const { at, account, kind, ...rest } = action;
  return `${(at / 1_000).toFixed(1)} s account ${account}: ${kind} ${Object.values(rest).join(' ')}`.trimEnd();
};

const passwordOf = (world: World, { password, account }: { account: number; password: Typed }): string =>
  password === 'right'
    ? world.market.seller(account).right
    : password === 'edited'
      ? `${world.market.seller(account).right}\n`
      : `${password}-${account}`;

/** Lets the secret store answer for a while with the version that was current earlier. */
function staleReads(world: World, action: { account: number; millis: number }): void {
  const vault = world.store.vaults.get(world.accountIdOf(action.account) ?? '');
  if (vault === undefined) return;
  // A version that was never current cannot be read as the current one.
  const { former } = vault;
  if (former !== undefined) vault.stale = { version: former, until: world.scheduler.now + action.millis };
}

/** Puts a new value into the secret store directly, as a person with access to it may. */
function rotate(world: World, action: { account: number; password: Typed }): void {
  const accountId = world.accountIdOf(action.account);
  const vault = accountId === undefined ? undefined : world.store.vaults.get(accountId);
  if (vault === undefined || world.isDown('vault')) return;
  const version = world.newId('v');
  vault.versions.set(version, passwordOf(world, action));
  vault.former = vault.current;
  vault.current = version;
  if (world.store.rows.get(accountId ?? '')?.promoteVersion !== undefined)
    world.watch.saw('12 rotated at the source before promotion');
  vault.rotated = { version, at: world.scheduler.now };
}

type Request = {
  readonly account: number;
  readonly by?: SecondName;
} & (
  | { readonly kind: RequestKind }
  | { readonly kind: 'add' | 'type'; readonly password: Typed; readonly entrance?: 'second' }
);

function request(run: Run, action: Request): void {
  const { world } = run;
  const { account, kind } = action;
  const accountId = world.accountIdOf(account, action.by);
  if (kind === 'add' || kind === 'add-twin') add(run, action);
  else if (accountId === undefined) return;
  else if (kind === 'borrow') borrow(run, { account, accountId });
  else ask(run, { action, accountId });
}

function ask(run: Run, { action, accountId }: { action: Request; accountId: string }): void {
  const { world } = run;
  const { core } = world;
  const { account, kind } = action;
  const askedAt = world.scheduler.now;
  if (kind === 'click-unlocked') world.watch.unlockClicked(accountId);
  run.start('http', {
    account,
    what: kind,
    body: async (deps) => {
      const answer = await answered(world, async () => {
        const row = await core.existing(deps, accountId);
        if (kind === 'sync-now') await core.syncNow(deps, accountId);
        if (kind === 'pause') await core.pauseAccount(deps, accountId);
        if (kind === 'resume') await core.resumeAccount(deps, accountId);
        if (kind === 'remove') await core.markForRemoval(deps, accountId);
        if (kind === 'click-unlocked') await core.confirmUnlocked(deps, accountId);
        if (kind === 'click-resend') await core.permitResend(deps, accountId);
        if (kind === 'type') {
          const applicationPassword = new Secret(passwordOf(world, action));
          await core.replacePassword(deps, { account: row, applicationPassword, marketplace: SETTINGS });
        }
        return `${kind} taken`;
      });
      if (kind === 'click-unlocked') world.watch.unlockAnswered({ accountId, askedAt, answer });
      return answer;
    },
  });
}

/** The text of an answer; a problem is an answer like any other. */
async function answered(world: World, body: () => Promise<string>): Promise<string> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof world.core.Problem) return `answered ${error.code}`;
    throw error;
  }
}

function add(
  run: Run,
  action: { account: number; password?: Typed; by?: SecondName; entrance?: 'second' },
): void {
  const { world } = run;
  const { account, password, by, entrance } = action;
  // A second login of the same seller, who has a name and an e-mail address.
  const login = password === undefined || by !== undefined ? twinLoginOf(account) : loginOf(account);
  const applicationPassword = passwordOf(world, { account, password: password ?? 'right' });
  const marketplace = entrance === undefined ? SETTINGS : SECOND_ENTRANCE;
  const input = {
    marketplace,
    login,
    integrationKeyId: 'key-1',
    applicationPassword: new Secret(applicationPassword),
  };
  run.start('http', {
    account,
    what: `add ${login} at ${marketplace.id}`,
    body: (deps) => answered(world, async () => (await world.core.addAccount(deps, input)).accountId),
  });
}

/** Number of calls, and milliseconds between two of them. */
const CALLS = 3;
const BETWEEN_CALLS = 1_500;

/** Starts a process that needs a session without holding the claim, as repairs and imports do. */
function borrow(run: Run, { account, accountId }: { account: number; accountId: string }): void {
  const { world } = run;
  run.start('borrow', {
    account,
    what: `borrow ${accountId}`,
    body: async (deps) => {
      const row = await deps.accounts.read(accountId);
      if (row?.phase !== 'active') return 'not now';
      try {
        const session = await world.core.openSession({ ...deps, ...deps.access }, row);
        for (let call = 0; call < CALLS; call += 1) {
          await session.call((handle, options) => deps.marketplace.sales.page(handle, undefined, options));
          await deps.sleep(BETWEEN_CALLS);
        }
        return 'served';
      } catch (error) {
        if (world.core.isStop(error)) return `stopped: ${error.reason}`;
        throw error;
      }
    },
  });
}
