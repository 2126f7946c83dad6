import { type ConnectionState, needsPerson } from '../../functions/core/account/connection.ts';
import type { Comparison } from '../../infra/local/compare.ts';
import type { AccountView } from '../../infra/local/sellers.ts';
import type { Growth, Sample } from './growth.ts';
import { type LifeCounts, OUTAGE_CALLS } from './life.ts';

/** Facts known at the end of a soak. */
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
  readonly explained: readonly Explained[];
}

/** A number that grows for ever, and most that the work explains. */
export interface Explained {
  readonly measure: string;
  readonly value: number;
  readonly most: number;
}

/** Minutes after which a session is renewed, which costs a login. */
const SESSION_MINUTES = 50;
/** Events of an order, each of which may be noted by itself: 4.2 on average at the simulated marketplace. */
const EVENTS_PER_ORDER = 4.5;
/** Counters of calls and answers to repeated requests. */
const REGISTRY_ITEMS_PER_MINUTE = 2;

/**
 * Numbers that grow with orders, logins and minutes: the table removes their items after days or months, and the
 * embedded store keeps them. Judged from the start of the run, because a run may find today what an earlier one left.
 *
 * A login is explained by a new password or an ended session (twice each, as an outage may spoil the first), by a killed
 * worker, and by a session that has reached its age. An item of the login log is a login that the marketplace has
 * received, or that an outage has spoilt or a kill cut off.
 */
export function explain(
  totals: Sample['totals'],
  { life, accounts, connecting }: { life: Readonly<LifeCounts>; accounts: number; connecting: number },
): Explained[] {
  const of = (name: string) => totals[name] ?? Number.NaN;
  const asked = 2 * (life.rotations + life.rotationsFailed + life.sessionsEnded);
  const aged = accounts * Math.floor(of('minutes') / SESSION_MINUTES);
  const heard = of('logins');
  return [
    { measure: 'logins', value: heard, most: connecting + asked + life.workKilled + aged },
    {
      measure: 'login items',
      value: of('passingLoginItems'),
      most: heard + OUTAGE_CALLS * life.outages + life.workKilled,
    },
    { measure: 'journal items', value: of('passingJournalItems'), most: EVENTS_PER_ORDER * of('orders') },
    {
      measure: 'registry items with an end',
      value: of('passingRegistryItems'),
      most: connecting + REGISTRY_ITEMS_PER_MINUTE * of('minutes'),
    },
  ];
}

/** Why the soak has failed, a sentence each; none if all is well. */
export function failuresOf(ending: Ending): string[] {
  const { accounts, life, compared, locked, rulesBroken, denials, growth, explained } = ending;
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
    // The comparison is false for a number that is missing, too.
    ...explained
      .filter(({ value, most }) => !(value <= most))
      .map(({ measure, value, most }) => `${value} ${measure}, and the work explains ${Math.round(most)}`),
    ...growth
      .filter(({ verdict }) => verdict !== 'steady')
      .map(({ measure, first, last, verdict }) => `${measure}: ${verdict} (${first}, then ${last})`),
  ];
}
