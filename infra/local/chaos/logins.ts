import { request } from '../http-client.ts';
import { listAccounts } from '../sellers.ts';
import type { World } from '../world.ts';
import type { Chance } from './chance.ts';
import type { ChaosCounts } from './counts.ts';
import { patiently } from './patience.ts';

/**
 * Trouble for a seller's session or password. A lost reply to a login comes once per account, because a
 * second one would stop the account until a person acts.
 */
const TROUBLES = [
  'session-killed',
  'session-expired',
  'version-keys-changed',
  'login-reply-lost',
  'login-refused',
  'password-deleted',
] as const;
type Trouble = (typeof TROUBLES)[number];

/** Troubles the login of one account after another, each account once, in an order drawn beforehand. */
export interface LoginTroubles {
  /** Makes the next trouble; false when every account has had its own. */
  next(): Promise<boolean>;
}

export async function planLoginTroubles({
  world,
  chance,
  counts,
}: {
  world: World;
  chance: Chance;
  counts: ChaosCounts;
}): Promise<LoginTroubles> {
  const accounts = await patiently(() => listAccounts(world.api));
  const logins = accounts.map(({ login }) => login).sort();
  const plan = logins.map((login, index) => ({
    login,
    trouble: TROUBLES[index % TROUBLES.length] as Trouble,
  }));
  return {
    next: async () => {
      const index = chance.int(0, plan.length - 1);
      const [one] = plan.splice(index, 1);
      if (one === undefined) return false;
      counts.loginTroubles += 1;
      if (one.trouble === 'version-keys-changed') counts.preparationsChanged += 1;
      await make(world.simulator.url, one);
      return true;
    },
  };
}

async function make(
  simulator: string,
  { login, trouble }: { login: string; trouble: Trouble },
): Promise<void> {
  const post = (path: string, body: object = {}) =>
    request(simulator, { method: 'POST', path: `/_sim${path}`, body });
  const fault = (operation: string, rest: object) => post('/faults', { operation, seller: login, ...rest });
  if (trouble === 'session-expired') {
    await fault('doGetSiteJournalDeals', { kind: 'fault', code: 'ERR_SESSION_EXPIRED' });
    return;
  }
  if (trouble === 'version-keys-changed') await post('/version-keys/change');
  if (trouble === 'login-reply-lost') await fault('doLoginEnc', { kind: 'drop-after' });
  if (trouble === 'login-refused') await fault('doLoginEnc', { kind: 'fault', code: 'ERR_WEBAPI_NOT_AVAIL' });
  if (trouble === 'password-deleted') await deletePasswords(simulator, login);
  await post(`/sellers/${login}/kill-sessions`);
}

async function deletePasswords(simulator: string, login: string): Promise<void> {
  const { sellers } = await request<{
    sellers: readonly { login: string; applicationPasswords: readonly string[] }[];
  }>(simulator, { path: '/_sim/sellers' });
  const names = sellers.find((seller) => seller.login === login)?.applicationPasswords ?? [];
  for (const name of names) {
    const path = `/_sim/sellers/${login}/application-passwords/${encodeURIComponent(name)}`;
    await request(simulator, { method: 'DELETE', path });
  }
}
