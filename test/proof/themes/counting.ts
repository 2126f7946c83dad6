import {
  add,
  at,
  fault,
  HOUR,
  longFreeze,
  MINUTE,
  rush,
  SECOND,
  T,
  type Theme,
  trouble,
  type,
} from './kit.ts';

export const renewal: Theme = (dice) => ({
  actions: [add(), ...rush(dice, 49 * MINUTE, { within: 8 * MINUTE, most: 6 })],
  fifo: dice.chance(0.5),
  faults: dice.chance(0.5)
    ? [
        fault(dice.pick(['freeze-after', 'crash-after', 'reply-lost']), 'login', {
          nth: 2,
          millis: longFreeze(dice),
        }),
      ]
    : [],
  lasts: HOUR + 10 * MINUTE,
});

export const expired: Theme = (dice) => ({
  actions: [
    add(),
    at(30 * MINUTE, 'pause'),
    at(dice.between(62, 75) * MINUTE, 'resume'),
    ...rush(dice, 62 * MINUTE, { within: 14 * MINUTE }),
  ],
  lasts: 90 * MINUTE,
});

/** Wrong passwords from the first on, until none may be tried any more. */
export const wrongInARow: Theme = (dice) => {
  const gap = dice.pick([20 * SECOND, 90 * SECOND, 35 * MINUTE]);
  const typed = [1, 2, 3, 4, 5].map((step) =>
    type(step * gap, dice.pick(['wrong-0', 'wrong-1', 'wrong-2', 'wrong-3', 'right'])),
  );
  const more = dice.chance(0.5)
    ? [fault(dice.pick(['reply-lost', 'crash-after']), 'login', { nth: dice.between(1, 3) })]
    : [];
  return {
    actions: [add(0, dice.pick(['wrong-0', 'wrong-1', 'right'])), ...typed],
    faults: more,
    lasts: 6 * gap + 5 * MINUTE,
  };
};

export const lostReplies: Theme = (dice) => {
  const wrong = dice.chance(0.7);
  const lost = dice.pick(['reply-lost', 'reply-lost', 'crash-after', 'unknown']);
  return {
    accounts: 2,
    actions: [
      add(0, wrong ? 'wrong-0' : 'right'),
      ...(dice.chance(0.8) ? [{ ...add(1), at: dice.between(1, 25) * MINUTE }] : []),
      ...rush(dice, 30 * SECOND, { within: 20 * MINUTE }),
      ...rush(dice, 20 * MINUTE, { within: 18 * MINUTE }),
    ],
    faults: [1, 2, 3].slice(0, dice.between(2, 3)).map((nth) => fault(lost, 'login', { nth })),
    lasts: 40 * MINUTE,
  };
};

/** The marketplace accepts logins and answers nothing. */
export const silence: Theme = (dice) => ({
  accounts: 3,
  actions: [
    add(0),
    add(1),
    add(2),
    trouble(T, dice.pick(['silent-judged', 'silent-unjudged']), dice.between(2, 40) * MINUTE),
    ...[0, 1, 2].map((account) => at(T + account * 100, 'kill-sessions', account)),
    ...[0, 1, 2].flatMap((account) => rush(dice, T + SECOND, { within: 15 * MINUTE, account })),
    ...(dice.chance(0.4) ? [at(T, 'new-right-password', dice.between(0, 2))] : []),
  ],
  fifo: dice.chance(0.7),
  lasts: 55 * MINUTE,
});

/** Logins that fail before a byte was sent. */
export const unsent: Theme = (dice) => ({
  actions: [add(), at(T, 'kill-sessions'), ...rush(dice, T + SECOND, { within: 10 * MINUTE })],
  fifo: dice.chance(0.5),
  faults: [1, 2].map((nth) => fault('refused-by-store', 'login', { from: T, nth })),
  lasts: 15 * MINUTE,
});

/** Passwords are judged and counted but answered with another fault; the seller's other entrance works. */
export const countsFirst: Theme = (dice) => ({
  accounts: 2,
  actions: [
    add(0, dice.pick(['right', 'wrong-0'])),
    add(1),
    trouble(T, 'counts-first', dice.between(5, 50) * MINUTE),
    ...[1, 2, 3, 4, 5].map((step) =>
      type(
        T + step * dice.between(20, 600) * SECOND,
        dice.pick(['wrong-0', 'wrong-1', 'wrong-2', 'wrong-3', 'right']),
      ),
    ),
    ...(dice.chance(0.5) ? [at(T, 'new-right-password')] : []),
    ...[0, 1].map((account) => at(T + account * 100, 'kill-sessions', account)),
    ...[0, 1].flatMap((account) => rush(dice, T + SECOND, { within: 20 * MINUTE, account })),
    ...(dice.chance(0.5) ? [at(dice.between(5, 40) * MINUTE, 'resume')] : []),
  ],
  lasts: 70 * MINUTE,
});

/**
 * Logins are judged minutes after the client gave up; meanwhile another password works, or a person unlocks.
 */
export const judgedLate: Theme = (dice) => ({
  actions: [
    add(0, dice.pick(['right', 'wrong-3'])),
    at(T - 1, 'kill-sessions'),
    trouble(T, 'judges-late', dice.between(30, 150) * SECOND),
    type(T + SECOND, 'wrong-0'),
    ...(dice.chance(0.5) ? [type(T + dice.between(25, 80) * SECOND, 'wrong-1')] : []),
    ...(dice.chance(0.5) ? [type(T + dice.between(60, 260) * SECOND, 'right')] : []),
    ...(dice.chance(0.5)
      ? [at(T + dice.between(60, 200) * SECOND, 'website-login'), at(T + 200 * SECOND, 'click-unlocked')]
      : []),
    ...(['wrong-1', 'wrong-2', 'wrong-3'] as const).map((password, step) =>
      type(T + (5 + step * dice.between(1, 30)) * MINUTE, password),
    ),
    ...(dice.chance(0.5) ? [at(66 * MINUTE, 'kill-sessions'), type(67 * MINUTE, 'wrong-2')] : []),
  ],
  lasts: 90 * MINUTE,
});

/** The accounts table is restored from a time before wrong passwords were judged. */
export const restored: Theme = (dice) => {
  const gap = dice.pick([20 * SECOND, 21 * MINUTE]);
  const wrong = (step: number) => type(step * gap, dice.pick(['wrong-0', 'wrong-1', 'wrong-2']));
  const at = 4 * gap + dice.between(1, 20) * SECOND;
  return {
    actions: [
      add(0, dice.pick(['right', 'wrong-3'])),
      ...[1, 2, 3].map(wrong),
      { at, account: 0, kind: 'restore', millis: dice.between(1, 4) * gap } as const,
      ...[5, 6, 7, 8].map(wrong),
      ...(dice.chance(0.3) ? [type(9 * gap, 'right')] : []),
      ...rush(dice, at, { within: 4 * gap }),
    ],
    lasts: 10 * gap + 65 * MINUTE,
  };
};
