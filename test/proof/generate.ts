import { MINUTE, SECOND } from '../../functions/core/base/time.ts';
import { Dice, mix } from './random.ts';
import type { Action, Fault, Schedule } from './schedule.ts';
import * as counting from './themes/counting.ts';
import { add, at, longFreeze, rotate, type Theme, type } from './themes/kit.ts';
import * as late from './themes/late.ts';
import * as later from './themes/later.ts';
import * as memory from './themes/memory.ts';
import * as people from './themes/people.ts';
import * as trouble from './themes/trouble.ts';

/** A schedule with no particular danger and a bit of every one. */
const chaos: Theme = (dice) => ({
  accounts: 2,
  actions: [
    add(0),
    add(1),
    ...Array.from({ length: 10 }, () => noise(dice, { accounts: 2, lasts: 30 * MINUTE })),
  ],
  faults: Array.from({ length: 4 }, () => anyFault(dice, { accounts: 2, lasts: 30 * MINUTE })),
  fifo: dice.chance(0.5),
  lasts: 30 * MINUTE,
});

const { resends, ...ofPeople } = people;

const THEMES: readonly [string, Theme][] = [
  ...Object.entries({ ...counting, ...late, ...trouble, ...ofPeople, ...memory }),
  ['chaos', chaos],
];

const LATER: readonly [string, Theme][] = Object.entries(later);

/** Numbers of seeds of which one has the plot of a theme that came later, so that the other seeds keep their schedules. */
const RESENDS = 37;
const LATER_THEMES = 41;

function themeOf(seed: number): [string, Theme] {
  if (seed % RESENDS === 0) return ['resends', resends];
  const theme =
    seed % LATER_THEMES === 0 ? LATER[(seed / LATER_THEMES) % LATER.length] : THEMES[seed % THEMES.length];
  return theme ?? ['chaos', chaos];
}

/** The schedule of this seed, which never changes. */
export function generate(seed: number): Schedule {
  const dice = new Dice(mix(seed, 77));
  const [theme, plot] = themeOf(seed);
  const { actions, faults = [], ...rest } = plot(dice);
  const accounts = rest.accounts ?? 1;
  const lasts = rest.lasts ?? 20 * MINUTE;
  // No other fault joins a worker that freezes before it sends: only the cap on failures has to hold then.
  const plain = rest.frozenBeforeSend === true;
  const extra = !plain && dice.chance(0.5) ? dice.between(1, 3) : 0;
  return {
    seed,
    theme,
    frozenBeforeSend: false,
    jumps: false,
    egressId: 'unpinned',
    fifo: true,
    namesSellers: dice.chance(0.8),
    ...rest,
    accounts,
    lasts,
    calm: dice.chance(0.25),
    skews: Array.from({ length: 7 }, () => dice.between(-15, 15) * SECOND),
    actions: [...actions, ...Array.from({ length: extra }, () => noise(dice, { accounts, lasts }))],
    faults: [
      ...faults,
      ...Array.from({ length: !plain && dice.chance(0.4) ? dice.between(1, 2) : 0 }, () =>
        anyFault(dice, { accounts, lasts }),
      ),
    ],
  };
}

interface Range {
  readonly accounts: number;
  readonly lasts: number;
}

function noise(dice: Dice, { accounts, lasts }: Range): Action {
  const time = dice.between(5 * SECOND, lasts);
  const account = dice.between(0, accounts - 1);
  const kind = dice.pick(['plain', 'plain', 'plain', 'type', 'rotate', 'outage']);
  if (kind === 'type')
    return type(time, dice.pick(['right', 'right', 'wrong-0', 'wrong-1', 'wrong-2']), account);
  if (kind === 'rotate') return rotate(time, dice.pick(['right', 'right', 'wrong-1']), account);
  if (kind === 'outage')
    return {
      at: time,
      account,
      kind: 'outage',
      of: dice.pick(['store', 'vault', 'queue']),
      millis: dice.between(1, 90) * SECOND,
    };
  const what = dice.pick([
    'borrow',
    'borrow',
    'sync-now',
    'kill-sessions',
    'pause',
    'resume',
    'resume',
    'click-unlocked',
    'website-login',
    'crowd-out',
    'new-right-password',
    'new-version-key',
  ]);
  return at(time, what, account);
}

function anyFault(dice: Dice, { accounts, lasts }: Range): Fault {
  return {
    kind: dice.pick([
      'crash-before',
      'crash-after',
      'freeze-before',
      'freeze-after',
      'reply-lost',
      'unknown',
      'refused-by-store',
    ]),
    door: dice.pick(['*', '*', 'accounts.amend', 'accounts.amend', 'login']),
    account: dice.between(0, accounts - 1),
    nth: dice.between(1, 12),
    from: dice.chance(0.5) ? 0 : dice.between(0, lasts),
    millis: dice.chance(0.5) ? longFreeze(dice) : dice.between(1, 100) * SECOND,
  };
}
