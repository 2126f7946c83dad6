import { add, at, fault, HOUR, longFreeze, MINUTE, rush, SECOND, T, type Theme, type } from './kit.ts';

/** Milliseconds within which a removal ends. */
const GONE = 3 * MINUTE;

const WRONG = ['wrong-0', 'wrong-1', 'wrong-2', 'wrong-3'] as const;

/** Wrong passwords in accounts that are removed and added again, by either or both names. */
export const addedAgain: Theme = (dice) => {
  const rounds = dice.between(2, 4);
  const gap = dice.pick([GONE, GONE, HOUR]);
  const actions = Array.from({ length: rounds }, (_, round) => {
    const start = round * gap;
    const by = dice.chance(0.3) ? ({ by: 'address' } as const) : {};
    const entrance = dice.chance(0.3) ? ({ entrance: 'second' } as const) : {};
    const password = dice.pick([...WRONG, 'wrong-0', 'wrong-1', 'right']);
    return [
      { ...add(0, password), ...by, ...entrance, at: start },
      ...(dice.chance(0.3) ? [{ ...type(start + 20 * SECOND, dice.pick(WRONG)), ...by }] : []),
      ...(dice.chance(0.2) ? rush(dice, start + SECOND, { within: 30 * SECOND, most: 2 }) : []),
      { ...at(start + dice.between(5, 90) * SECOND, 'remove'), ...by },
    ];
  }).flat();
  const broken = dice.chance(0.6)
    ? [
        fault(
          dice.pick([
            'reply-lost',
            'crash-after',
            'crash-before',
            'freeze-after',
            'unknown',
            'refused-by-store',
          ]),
          dice.pick([
            'login',
            'login',
            'claims.write.login',
            'claims.write.seller',
            'accounts.remove',
            'accounts.create',
          ]),
          { nth: dice.between(1, 3), from: dice.between(0, rounds) * gap, millis: longFreeze(dice) },
        ),
      ]
    : [];
  return { actions, faults: broken, fifo: dice.chance(0.5), lasts: rounds * gap + 10 * MINUTE };
};

/** Two accounts of the same seller at the same time: by two names, through two entrances, or both. */
export const twoWaysIn: Theme = (dice) => ({
  actions: [
    add(0, dice.pick(['right', 'wrong-0'])),
    {
      ...add(0, dice.pick(['right', 'wrong-0', 'wrong-1'])),
      by: 'address',
      ...(dice.chance(0.5) && { entrance: 'second' }),
      at: dice.between(0, 40) * SECOND,
    },
    { ...add(0, 'wrong-2'), entrance: 'second', at: dice.between(1, 60) * SECOND },
    type(T + dice.between(0, 60) * SECOND, dice.pick(WRONG)),
    { ...at(4 * MINUTE, 'remove'), ...(dice.chance(0.5) && { by: 'address' as const }) },
    { ...add(0, dice.pick([...WRONG, 'right'])), at: 8 * MINUTE },
    { ...add(0, dice.pick([...WRONG, 'right'])), by: 'address', at: 12 * MINUTE },
  ],
  lasts: 20 * MINUTE,
});

/** The store fails from the reply to a login on, for less than the lease lasts. */
export const storeFailsAfterLogin: Theme = (dice) => {
  const moments = [0, 5 * MINUTE, 10 * MINUTE];
  return {
    actions: [
      add(0, dice.pick(['right', 'right', 'wrong-0'])),
      ...moments.slice(1).map((moment) => at(moment, 'kill-sessions')),
      ...moments.slice(1).map((moment) => at(moment + 100, 'sync-now')),
    ],
    faults: moments.map((moment) =>
      fault('outage-after', 'login', { from: moment, millis: dice.between(1, 45) * SECOND }),
    ),
    lasts: 15 * MINUTE,
  };
};

/** A worker is frozen past the removal of its account before it hears how its login ended. */
export const answeredAfterRemoval: Theme = (dice) => {
  const password = dice.pick(['wrong-0', 'wrong-0', 'right']);
  return {
    actions: [
      add(0, password),
      { ...at(dice.between(5, 60) * SECOND, 'remove') },
      { ...add(0, dice.pick([password, 'wrong-1'])), at: dice.between(5, 12) * MINUTE },
      { ...at(14 * MINUTE, 'remove') },
      { ...add(0, dice.pick([password, 'wrong-2'])), at: 20 * MINUTE },
    ],
    faults: [fault('freeze-after', 'login', { millis: dice.between(170, 420) * SECOND })],
    fifo: dice.chance(0.5),
    lasts: 30 * MINUTE,
  };
};
