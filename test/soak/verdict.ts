import { type ConnectionState, needsPerson } from '../../functions/core/account/connection.ts';
import type { Comparison } from '../../infra/local/compare.ts';
import type { AccountView } from '../../infra/local/sellers.ts';
import type { Growth } from './growth.ts';
import type { LifeCounts } from './life.ts';

/** What is known at the end of a soak. */
export interface Ending {
  readonly accounts: readonly Pick<AccountView, 'login' | 'connection'>[];
  readonly life: Readonly<LifeCounts>;
  readonly compared: Comparison;
  /** Accounts that the marketplace has locked. */
  readonly locked: readonly string[];
  readonly rulesBroken: readonly string[];
  /** Requests that the role of a function does not allow. */
  readonly denials: number;
  readonly growth: readonly Growth[];
  /** Logins that the marketplace has received during the measurement, and most that its events explain. */
  readonly logins: { readonly made: number; readonly most: number };
}

/** Minutes after which a session is renewed, which costs a login. */
const SESSION_MINUTES = 50;

/**
 * Most logins that events between two moments explain: two for each rotation and ended session (an outage may spoil the
 * first), one for a killed worker, and one for an account whose session has reached its age.
 */
export function mostLogins(
  { accounts, minutes }: { accounts: number; minutes: number },
  { from, to }: { from: Readonly<LifeCounts>; to: Readonly<LifeCounts> },
): number {
  const more = (key: keyof LifeCounts) => to[key] - from[key];
  const events = 2 * (more('rotations') + more('rotationsFailed') + more('sessionsEnded'));
  return events + more('workKilled') + accounts * Math.floor(minutes / SESSION_MINUTES);
}

/** Why the soak has failed, a sentence each; none if all is well. */
export function failuresOf(ending: Ending): string[] {
  const { accounts, life, compared, locked, rulesBroken, denials, growth, logins } = ending;
  const { missing, doubled, different } = compared;
  const wrong = Object.entries({ missing, doubled, different }).filter(([, count]) => count > 0);
  return [
    ...wrong.map(([how, count]) => `${count} orders are ${how}`),
    ...compared.examples,
    ...locked.map((login) => `${login} is locked at the marketplace`),
    ...rulesBroken,
    ...accounts
      .filter(({ connection }) => needsPerson(connection.state as ConnectionState))
      .map(
        ({ login, connection }) => `${login} needs a person: ${connection.state}, ${connection.message.en}`,
      ),
    ...(life.rotationsFailed > 0 ? [`${life.rotationsFailed} rotations of passwords were refused`] : []),
    ...(denials > 0 ? [`${denials} requests were denied: see infra/access.yml`] : []),
    ...(['workKilled', 'sendKilled'] as const)
      .filter((which) => life[which] === 0)
      .map((which) => `${which}: no process was killed at work`),
    ...(logins.made > logins.most
      ? [`${logins.made} logins were made, and rotations, ended sessions and kills explain ${logins.most}`]
      : []),
    ...growth
      .filter(({ verdict }) => verdict !== 'steady')
      .map(({ measure, first, last, verdict }) => `${measure}: ${verdict} (${first}, then ${last})`),
  ];
}
