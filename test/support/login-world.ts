import type { SessionDeps } from '../../functions/core/access/session.ts';
import type { Session } from '../../functions/core/access/session-store.ts';
import { type Account, withChanges } from '../../functions/core/account/account.ts';
import { Secret } from '../../functions/core/base/secret.ts';
import { epochMillis, epochSeconds, HOUR, plus } from '../../functions/core/base/time.ts';
import { type CallOutcome, type FaultReason, MarketplaceFault } from '../../functions/core/faults/fault.ts';
import type { Login } from '../../functions/core/marketplace/access.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import { versionedLogins, type WebapiCredentials } from '../../functions/webapi/versionkeys.ts';
import { accountDoor } from '../proof/doors/accounts.ts';
import { passwordDoor } from '../proof/doors/secrets.ts';
import { sessionDoor } from '../proof/doors/sessions.ts';
import { claimDoor, KEY_ID, keyDoor, ledgerDoor, troubleDoor } from '../proof/doors/shared.ts';
import { SETTINGS } from '../proof/market.ts';
import { account } from './accounts.ts';
import { calmWorld, opened } from './calm-doors.ts';
import { shop } from './shop.ts';

export const ADDRESS = 'address-1';

/** A fault that the marketplace answers a login with. */
export const fault = (reason: FaultReason, outcome: CallOutcome = 'answered'): MarketplaceFault =>
  new MarketplaceFault({ reason, outcome, operation: 'doLogin' });

/**
 * An account with the password "first" (version v1), all stores in memory, and a marketplace that accepts
 * every login unless a test has given answers to come first.
 */
export async function loginWorld(changes: Partial<Account> = {}) {
  const of = calmWorld();
  const { scheduler } = of.world;
  const clock = () => epochMillis(scheduler.now);
  const first = account({
    integrationKeyId: KEY_ID,
    marketplaceId: SETTINGS.id,
    createdAtMillis: clock(),
    ...changes,
  });
  const { accountId } = first;
  const accounts = opened(accountDoor, of);
  const passwords = opened(passwordDoor, of);
  await accounts.create(first);
  await passwords.create(accountId, { version: 'v1', value: new Secret('first') });

  /**
   * Passwords that were sent, in order; answers to come, the next one first; the number of questions asked with the
   * key alone.
   */
  const sent: string[] = [];
  /** The version key of each login. */
  const versions: string[] = [];
  const answers: MarketplaceFault[] = [];
  const told = { questions: 0 };
  /** Code that a test runs while a login is on its way. */
  const meanwhile = { run: async (): Promise<void> => undefined };
  const versionKey = async (): Promise<string> => {
    told.questions += 1;
    const answer = answers.at(0);
    if (answer?.operation === 'doQuerySysStatus') throw answers.shift() ?? answer;
    return String(told.questions);
  };
  const logIn = async (credentials: WebapiCredentials): Promise<Login> => {
    sent.push(credentials.applicationPassword.reveal());
    versions.push(credentials.versionKey);
    await meanwhile.run();
    const answer = answers.shift();
    if (answer !== undefined) throw answer;
    return {
      session: new Secret(`handle ${sent.length}`),
      userId: '1001',
      serverTimeSeconds: epochSeconds(0),
    };
  };
  const keys = opened(keyDoor, of);
  const marketplace: Marketplace = {
    ...shop(SETTINGS).marketplace,
    access: {
      ...versionedLogins({ versionKey, logIn }, keys.cacheOf({ keyId: KEY_ID, identity: SETTINGS.identity })),
    },
  };
  /** The same marketplace with a protocol whose logins need nothing beforehand. */
  const unprepared: Marketplace = {
    ...marketplace,
    access: {
      probeKey: async () => void (await versionKey()),
      async prepareLogin({ integrationKey, fresh }) {
        if (fresh) await versionKey();
        return {
          send: (credentials) => logIn({ ...credentials, webapiKey: integrationKey, versionKey: '' }),
          discard: async () => undefined,
        };
      },
    },
  };
  let ids = 0;
  const deps: SessionDeps = {
    clock,
    marketplace,
    accounts,
    passwords,
    sessions: opened(sessionDoor, of),
    keys,
    troubles: opened(troubleDoor, of),
    ledger: opened(ledgerDoor, of),
    claims: opened(claimDoor, of),
    loginKey: async (login) => login,
    fingerprint: async (password) => [{ key: 'k1', print: `print of ${password.reveal()}` }],
    newId: () => {
      ids += 1;
      return `id${ids}`;
    },
    random: () => 0.5,
    sleep: (millis) => scheduler.runUntil(scheduler.now + millis, () => false),
    worker: 'w1',
    egressId: ADDRESS,
    endsAtMillis: plus(clock(), HOUR),
  };
  return {
    deps,
    accountId,
    sent,
    versions,
    answers,
    told,
    unprepared,
    meanwhile,
    async account(): Promise<Account> {
      return (await accounts.read(accountId)) ?? first;
    },
    /** Changes the account without the core's rules. */
    async set(more: Partial<Account>): Promise<Account> {
      const now = (await accounts.read(accountId)) ?? first;
      of.world.write(of.process, { accountId, after: withChanges(now, more) });
      return withChanges(now, more);
    },
    /** Stages a new password, as a person's typing does. */
    async type(version: string, text: string): Promise<Account> {
      await passwords.stage(accountId, { version, value: new Secret(text) });
      return await this.set({ stagedVersion: version });
    },
    /** A session that was made `ageMillis` ago. */
    session: (handle: string, ageMillis: number): Session => ({
      handle: new Secret(handle),
      loggedInAtMillis: plus(clock(), -ageMillis),
      renewAtMillis: plus(clock(), HOUR / 2 - ageMillis),
      expiresAtMillis: plus(clock(), HOUR - ageMillis),
      egressId: ADDRESS,
    }),
    async handle(): Promise<string | undefined> {
      return (await deps.sessions.read(accountId))?.handle.reveal();
    },
    async log() {
      return (await deps.ledger.newest(accountId, { limit: 10 })).entries;
    },
  };
}

export type LoginWorld = Awaited<ReturnType<typeof loginWorld>>;
