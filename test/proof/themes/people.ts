import {
  add,
  at,
  fault,
  HOUR,
  longFreeze,
  MINUTE,
  rotate,
  rush,
  SECOND,
  T,
  type Theme,
  type,
} from './kit.ts';

export const unlock: Theme = (dice) => {
  const locked = dice.chance(0.4);
  // A seller who only says so is locked again at each attempt, and so comes to a fourth unlock within a day.
  const honest = dice.chance(0.7) ? 0.6 : 0;
  const gap = dice.chance(0.4) ? 61 * MINUTE : dice.between(5, 60) * SECOND;
  const start: ReturnType<Theme>['actions'] = locked
    ? [add(), { at: T - 1, account: 0, kind: 'captcha' }, at(T, 'kill-sessions'), at(T + 100, 'sync-now')]
    : [add(0, 'wrong-0'), type(20 * SECOND, 'wrong-1'), type(40 * SECOND, 'wrong-2')];
  const clicks = [1, 2, 3, 4, 5]
    .slice(0, dice.between(1, 5))
    .flatMap((step) => [
      ...(dice.chance(honest) ? [{ at: T + step * gap, account: 0, kind: 'website-login' } as const] : []),
      { at: T + step * gap + dice.between(0, 2_000), account: 0, kind: 'click-unlocked' } as const,
      ...(dice.chance(0.4)
        ? [type(T + step * gap + dice.between(0, 30) * SECOND, dice.pick(['right', 'wrong-0', 'wrong-3']))]
        : []),
    ]);
  const lost = locked && dice.chance(0.6);
  return {
    actions: [...start, ...clicks, ...(lost ? rush(dice, T + gap, { within: 10 * MINUTE, most: 6 }) : [])],
    // The only attempt that an unlock permits gets no answer.
    faults: lost ? [fault('reply-lost', 'login', { from: T + gap })] : [],
    lasts: 6 * gap + 10 * MINUTE,
  };
};

/** The owner unlocks while the attempt that led to `locked` is under way. */
export const unlockInFlight: Theme = (dice) => {
  const third = 50 * SECOND;
  const wrong = [1, 2, 3].map((step) =>
    type(third + step * 61 * MINUTE, dice.pick(['wrong-0', 'wrong-2', 'wrong-3'])),
  );
  return {
    actions: [
      add(0, 'wrong-0'),
      type(20 * SECOND, 'wrong-1'),
      type(third, 'wrong-2'),
      at(third + dice.between(1, 5) * SECOND, 'website-login'),
      at(third + dice.between(5, 18) * SECOND, 'click-unlocked'),
      ...wrong,
    ],
    faults: [
      fault(dice.pick(['reply-lost', 'reply-lost', 'freeze-after', 'crash-after', 'unknown']), 'login', {
        from: third - 1,
        millis: dice.between(5, 200) * SECOND,
      }),
    ],
    lasts: 4 * HOUR,
  };
};

/** A new password is typed while the old handle lives, and calls fail between verdict and promotion. */
export const staging: Theme = (dice) => ({
  actions: [
    add(),
    ...(dice.chance(0.6) ? [at(T - SECOND, 'new-right-password')] : []),
    type(T, dice.pick(['right', 'right', 'wrong-0'])),
    ...(dice.chance(0.7) ? [rotate(T + dice.between(0, 200) * SECOND, dice.pick(['right', 'wrong-1']))] : []),
    ...(dice.chance(0.4)
      ? [type(T + dice.between(0, 90) * SECOND, dice.pick(['right', 'wrong-0', 'wrong-1']))]
      : []),
    ...(dice.chance(0.3) ? [at(T + dice.between(0, 20) * SECOND, 'kill-sessions')] : []),
    ...rush(dice, T, { within: 200 * SECOND }),
  ],
  fifo: dice.chance(0.5),
  faults: [
    fault(
      dice.pick([
        'crash-after',
        'crash-before',
        'freeze-after',
        'freeze-before',
        'unknown',
        'refused-by-store',
      ]),
      dice.pick([
        'passwords.promote',
        'passwords.promote',
        'accounts.amend',
        'login',
        'claims.write.seller',
        'passwords.readVersion',
      ]),
      {
        from: T,
        nth: dice.between(1, 3),
        millis: longFreeze(dice),
      },
    ),
  ],
  lasts: 15 * MINUTE,
});

/** A new password is accepted, and its worker dies before the promotion. */
export const promotion: Theme = (dice) => ({
  actions: [
    add(),
    at(T - SECOND, 'new-right-password'),
    type(T, 'right'),
    ...(dice.chance(0.95)
      ? [rotate(T + dice.between(5, 110) * SECOND, dice.pick(['right', 'wrong-1']))]
      : []),
    ...(dice.chance(0.3) ? [at(T + dice.between(5, 110) * SECOND, 'kill-sessions')] : []),
    ...rush(dice, T + 5 * SECOND, { within: 200 * SECOND }),
  ],
  faults: [
    fault(
      dice.chance(0.75) ? 'crash-before' : dice.pick(['unknown', 'refused-by-store']),
      'passwords.promote',
      {
        from: T,
      },
    ),
  ],
  lasts: 15 * MINUTE,
});

export const removal: Theme = (dice) => {
  const moment = T + dice.between(0, 30) * SECOND;
  return {
    actions: [
      add(),
      at(T, 'kill-sessions'),
      ...rush(dice, T + SECOND, { within: 5 * SECOND }),
      { at: moment, account: 0, kind: 'remove' },
      ...(dice.chance(0.3) ? [type(moment + dice.between(-3, 3) * SECOND, 'right')] : []),
      ...(dice.chance(0.3)
        ? [{ at: moment + dice.between(1, 2_000), account: 0, kind: dice.pick(['resume', 'pause']) } as const]
        : []),
      ...(dice.chance(0.5) ? [{ ...add(), at: moment + dice.between(1, 8) * MINUTE }] : []),
    ],
    fifo: dice.chance(0.5),
    faults: [
      fault(
        dice.pick(['freeze-after', 'freeze-before', 'crash-after', 'crash-before']),
        dice.pick([
          'login',
          'login',
          'sessions.save',
          'claims.write.seller',
          'accounts.amend',
          'passwords.remove',
          'claims.write.login',
        ]),
        {
          from: T,
          nth: dice.between(1, 2),
          millis: longFreeze(dice),
        },
      ),
      ...(dice.chance(0.2)
        ? [
            fault('freeze-before', 'due.move', {
              account: -1,
              from: T,
              nth: dice.between(1, 3),
              millis: 20 * SECOND,
            }),
          ]
        : []),
    ],
    lasts: 20 * MINUTE,
  };
};

export const twins: Theme = (dice) => ({
  actions: [
    add(),
    { at: dice.between(0, 20) * SECOND, account: 0, kind: 'add-twin' },
    ...rush(dice, 10 * SECOND, { within: 3 * MINUTE }),
    ...(dice.chance(0.4) ? [{ at: 5 * MINUTE, account: 0, kind: 'remove' } as const] : []),
  ],
  lasts: 15 * MINUTE,
});

/** Creation is cut off at some point, and tried again. */
export const creation: Theme = (dice) => ({
  actions: [
    add(),
    { ...add(), at: dice.between(1, 100) * SECOND },
    { ...add(), at: dice.between(130, 400) * SECOND },
  ],
  faults: [
    fault(
      dice.pick(['crash-after', 'crash-before', 'unknown', 'reply-lost', 'refused-by-store']),
      dice.pick([
        'claims.write.login',
        'accounts.create',
        'passwords.create',
        'accounts.amend',
        'queue.send',
        'claims.read.login',
      ]),
    ),
  ],
  lasts: 15 * MINUTE,
});

/**
 * After a rotation the secret store still answers with the version before; a person edits the secret by hand.
 */
export const staleSecrets: Theme = (dice) => ({
  actions: [
    add(),
    at(T, 'new-right-password'),
    dice.chance(0.5) ? type(T + SECOND, 'right') : rotate(T + SECOND, 'right'),
    at(T + 2 * SECOND, 'kill-sessions'),
    ...rush(dice, T + 3 * SECOND, { within: 20 * SECOND }),
    {
      at: T + dice.between(30, 60) * SECOND,
      account: 0,
      kind: 'stale-reads',
      millis: dice.between(5, 300) * SECOND,
    } as const,
    at(T + 61 * SECOND, 'kill-sessions'),
    ...rush(dice, T + 62 * SECOND, { within: 90 * SECOND }),
    ...(dice.chance(0.6) ? [rotate(T + dice.between(5, 8) * MINUTE, 'edited')] : []),
    at(T + 9 * MINUTE, 'kill-sessions'),
    ...rush(dice, T + 9 * MINUTE + SECOND, { within: 60 * SECOND }),
    ...(dice.chance(0.5) ? [rotate(T + 12 * MINUTE, 'right')] : []),
  ],
  fifo: dice.chance(0.5),
  lasts: 20 * MINUTE,
});

/** Wrong passwords are typed, also one that was refused before, sent again, and our own caution is unlocked. */
export const resends: Theme = (dice) => {
  const wrong = ['wrong-0', 'wrong-1', 'wrong-2'] as const;
  const gap = dice.pick([20 * SECOND, 61 * MINUTE]);
  const step = (number: number) => T + number * gap + dice.between(0, 5) * SECOND;
  const acts = Array.from({ length: dice.between(4, 9) }, (_, number) =>
    dice.chance(0.45)
      ? type(step(number), dice.pick([...wrong, 'wrong-0', 'right']))
      : at(step(number), dice.pick(['click-resend', 'click-resend', 'click-unlocked', 'website-login'])),
  );
  return {
    actions: [
      add(0, dice.pick(['right', 'wrong-0'])),
      ...acts,
      ...rush(dice, T, { within: 9 * gap, most: 3 }),
    ],
    fifo: dice.chance(0.5),
    lasts: 10 * gap + 70 * MINUTE,
  };
};
