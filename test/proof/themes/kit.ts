import { HOUR, MINUTE, SECOND } from '../../../functions/core/base/time.ts';
import type { Dice } from '../random.ts';
import type { Action, Fault, FaultKind, MarketTrouble, PlainKind, Schedule, Typed } from '../schedule.ts';

export type Plot = Partial<Omit<Schedule, 'seed' | 'theme' | 'skews' | 'calm'>> & {
  readonly actions: readonly Action[];
};

/**
 * The plot of a schedule, which brings the dangerous moments of a rule about more often than chance would.
 */
export type Theme = (dice: Dice) => Plot;

export const add = (account = 0, password: Typed = 'right'): Action => ({
  at: 0,
  account,
  kind: 'add',
  password,
});

export const at = (time: number, kind: PlainKind, account = 0): Action => ({ at: time, account, kind });

export const type = (time: number, password: Typed, account = 0): Action => ({
  at: time,
  account,
  kind: 'type',
  password,
});

export const rotate = (time: number, password: Typed, account = 0): Action => ({
  at: time,
  account,
  kind: 'rotate',
  password,
});

export const trouble = (time: number, of: MarketTrouble, millis: number): Action => ({
  at: time,
  account: 0,
  kind: 'trouble',
  of,
  millis,
});

export const fault = (
  kind: FaultKind,
  door: string,
  more: { account?: number; nth?: number; from?: number; millis?: number } = {},
): Fault => ({ kind, door, account: 0, nth: 1, from: 0, millis: 0, ...more });

/** Milliseconds of a freeze, so many that the lease is over and another worker has continued. */
export const longFreeze = (dice: Dice): number => dice.between(140, 420) * SECOND;

/** Requests for a session within this time, by people and by programs that hold no claim. */
export const rush = (
  dice: Dice,
  from: number,
  { most, within, account }: { within: number; most?: number; account?: number },
): Action[] =>
  Array.from({ length: dice.between(1, most ?? 4) }, () =>
    at(from + dice.between(0, within), dice.pick(['borrow', 'borrow', 'sync-now']), account),
  );

export const T = 60 * SECOND;
export { HOUR, MINUTE, SECOND };
