import { attempt, request } from '../http-client.ts';
import { type AccountView, listAccounts } from '../sellers.ts';
import type { World } from '../world.ts';
import type { ChaosCounts } from './counts.ts';
import { patiently } from './patience.ts';
import type { TimePasses } from './time.ts';

interface Help {
  readonly world: World;
  readonly time: TimePasses;
  readonly counts: ChaosCounts;
}

const isWell = ({ connection, lastRun }: AccountView): boolean =>
  connection.state === 'connected' && (lastRun === null || ['done', 'interrupted'].includes(lastRun.outcome));

/**
 * Whether an account rests although its run is due: its message was given up as undeliverable, and the next
 * is minutes away.
 */
const isForgotten = ({ nextRunAt }: AccountView): boolean =>
  Date.parse(nextRunAt ?? '') > Date.now() + SOON_MILLIS;

/** Reasons that stop an account until its budget of logins is free again or its marketplace is probed. */
const PASSES_IN_HOURS: ReadonlySet<string | null> = new Set([
  'attempts-budget',
  'attempts-exhausted',
  'session-ended',
  'no-readable-reply',
  'marketplace-unavailable',
  'login-service-trouble',
  'passwords-doubted',
]);

const SOON_MILLIS = 1_000;
/**
 * Milliseconds after which an account is helped again: a run that was cut off shows no result to wait for.
 */
const AGAIN_MILLIS = 5_000;

/**
 * Does at once what would take a person or hours: accounts that are not well get what they wait for, once per
 * run.
 */
export function helper(help: Help): () => Promise<void> {
  const helped = new Map<string, { runAt: string | undefined; atMillis: number }>();
  return async () => {
    const { stack, api } = help.world;
    const idle = stack.queueIdle();
    const accounts = await patiently(() => listAccounts(api));
    for (const account of accounts.filter((one) => !isWell(one) || (idle && isForgotten(one)))) {
      const runAt = account.lastRun?.finishedAt;
      const last = helped.get(account.accountId);
      const now = performance.now();
      if (last !== undefined && last.runAt === runAt && now < last.atMillis + AGAIN_MILLIS) continue;
      helped.set(account.accountId, { runAt, atMillis: now });
      await helpOne(help, account);
    }
  };
}

async function helpOne(help: Help, account: AccountView): Promise<void> {
  const { state, reason } = account.connection;
  if (PASSES_IN_HOURS.has(reason)) {
    await help.time.passHours(account);
    help.counts.hoursPassed += 1;
  }
  if (state === 'locked' && account.connection.reason !== 'address-blocked') await unlock(help, account);
  if (state === 'needs-app-password' || reason === 'attempts-exhausted') await typePassword(help, account);
  else await askForSync(help.world, account.accountId);
}

/**
 * Logs in on the website as the owner, with its captcha, and confirms that to Klamka; if a confirmation comes
 * too early or too often, confirms again a day later.
 */
async function unlock({ world, time }: Help, { accountId, login }: AccountView): Promise<void> {
  await request(world.simulator.url, { method: 'POST', path: `/_sim/sellers/${login}/unlock` });
  const path = `/accounts/${accountId}/unlocked`;
  const confirm = () => attempt(world.api, { method: 'POST', path, body: { loggedInOnWebsite: true } });
  const { status } = await confirm();
  if (!NOT_YET.has(status)) return;
  await time.passDay(accountId);
  await confirm();
}

/**
 * Statuses of a confirmation that is refused for now: the last logins are not judged yet, or it is the fourth
 * of a day.
 */
const NOT_YET: ReadonlySet<number> = new Set([409, 429]);

/** Makes a new application password on the website as the owner, and types it in. */
async function typePassword({ world, counts }: Help, { accountId, login }: AccountView): Promise<void> {
  counts.helped += 1;
  const { applicationPassword } = await request<{ applicationPassword: string }>(world.simulator.url, {
    method: 'POST',
    path: `/_sim/sellers/${login}/application-passwords`,
    body: { name: `Klamka ${counts.helped}` },
  });
  const path = `/accounts/${accountId}/application-password`;
  await attempt(world.api, { method: 'PUT', path, body: { applicationPassword } });
}

const askForSync = async ({ api }: World, accountId: string): Promise<unknown> =>
  attempt(api, { method: 'POST', path: `/accounts/${accountId}/sync` });
