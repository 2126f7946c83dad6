import type { FaultKind } from '../schedule.ts';
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
  trouble,
  type,
} from './kit.ts';

const LOGIN_DOORS = [
  'login',
  'login',
  'accounts.amend',
  'sessions.save',
  'claims.write.seller',
  'passwords.readCurrent',
  'ledger.open',
  'keys.read',
] as const;

/** The holder of a lease is frozen, and other workers come after the lease's end. */
export const takeOver: Theme = (dice) => ({
  actions: [
    add(),
    at(T, 'kill-sessions'),
    ...rush(dice, T + SECOND, { within: 2 * SECOND }),
    ...rush(dice, T + 100 * SECOND, { within: 300 * SECOND, most: 6 }),
    ...(dice.chance(0.2) ? [at(T, 'new-right-password')] : []),
    ...(dice.chance(0.2) ? [type(T + dice.between(1, 300) * SECOND, dice.pick(['right', 'wrong-0']))] : []),
  ],
  fifo: dice.chance(0.3),
  faults: [
    fault(dice.pick(['freeze-after', 'freeze-before']), dice.pick(LOGIN_DOORS), {
      nth: dice.between(1, 2),
      from: T,
      millis: longFreeze(dice),
    }),
  ],
  lasts: 12 * MINUTE,
});

/** A refusal is heard long after another worker has continued with a newer version. */
export const lateRefusal: Theme = (dice) => ({
  actions: [
    add(),
    at(T - 1, 'new-right-password'),
    at(T, 'kill-sessions'),
    at(T + SECOND, dice.pick(['borrow', 'sync-now'])),
    dice.chance(0.8)
      ? type(T + dice.between(15, 150) * SECOND, 'right')
      : rotate(T + dice.between(15, 150) * SECOND, 'right'),
    ...rush(dice, T + 185 * SECOND, { within: 60 * SECOND }),
  ],
  fifo: dice.chance(0.3),
  faults: [
    fault('freeze-after', dice.pick(['login', 'login', 'login', 'accounts.amend']), {
      from: T,
      millis: dice.between(200, 420) * SECOND,
      nth: dice.chance(0.8) ? 1 : 3,
    }),
  ],
  lasts: 15 * MINUTE,
});

/** A captcha fault is heard after the owner has logged in on the website and logins work again. */
export const lateCaptcha: Theme = (dice) => ({
  actions: [
    add(),
    at(T - 1, 'captcha'),
    at(T, 'kill-sessions'),
    at(T + SECOND, dice.pick(['borrow', 'sync-now'])),
    at(T + dice.between(20, 100) * SECOND, 'website-login'),
    ...rush(dice, T + 190 * SECOND, { within: 40 * SECOND }),
    ...(dice.chance(0.3) ? [at(T + dice.between(20, 240) * SECOND, 'click-unlocked')] : []),
  ],
  fifo: dice.chance(0.3),
  faults: [fault('freeze-after', 'login', { from: T, millis: dice.between(260, 420) * SECOND })],
  lasts: 15 * MINUTE,
});

/** A worker that has recorded its login freezes before it stores the handle. */
export const lateHandle: Theme = (dice) => ({
  actions: [
    add(),
    at(T, 'kill-sessions'),
    at(T + SECOND, dice.pick(['borrow', 'sync-now'])),
    ...rush(dice, T + 150 * SECOND, { within: 200 * SECOND, most: 2 }),
    ...(dice.chance(0.2) ? [at(T + dice.between(5, 200) * SECOND, 'remove')] : []),
    // A worker that tries a wrong password takes the lease over and stores no handle.
    ...(dice.chance(0.75)
      ? [type(T + dice.between(155, 200) * SECOND, dice.pick(['right', 'wrong-0', 'wrong-0']))]
      : []),
  ],
  fifo: dice.chance(0.3),
  faults: [
    dice.chance(0.95)
      ? fault('freeze-before', 'sessions.save', { from: T, millis: dice.between(200, 420) * SECOND })
      : fault('freeze-after', 'claims.write.seller', { from: T, millis: dice.between(200, 420) * SECOND }),
  ],
  lasts: 15 * MINUTE,
});

/** A worker freezes between lease check and send for any time; only the cap has to hold. */
export const frozenBeforeSend: Theme = (dice) => ({
  frozenBeforeSend: true,
  actions: [
    add(0, dice.pick(['right', 'right', 'wrong-0'])),
    at(T - 1, dice.pick(['new-right-password', 'kill-sessions'])),
    at(T, 'kill-sessions'),
    ...rush(dice, T + SECOND, { within: 5 * SECOND }),
    ...[1, 2, 3, 4].map((step) =>
      type(
        T + step * dice.between(20, 2_000) * SECOND,
        dice.pick(['right', 'wrong-0', 'wrong-1', 'wrong-2', 'wrong-3']),
      ),
    ),
  ],
  fifo: dice.chance(0.5),
  faults: [1, 2].map((nth) =>
    fault('freeze-before', 'login', { from: nth === 1 ? T : 0, nth, millis: dice.between(30, 900) * SECOND }),
  ),
  lasts: 3 * HOUR,
});

/**
 * As above, with everything that could lead to a fourth failure: an old password leaves after the success of
 * the new one, the new session ends before its renewal, and people type wrong passwords.
 */
export const frozenPastSuccess: Theme = (dice) => {
  // Late enough that a success clears the attempt, and before it is sent.
  const typed = T + dice.between(602, 640) * SECOND;
  return {
    frozenBeforeSend: true,
    actions: [
      add(),
      at(T - 1, 'new-right-password'),
      at(T, 'kill-sessions'),
      at(T + SECOND, 'borrow'),
      type(typed, 'right'),
      ...rush(dice, typed + SECOND, { within: 30 * SECOND, most: 2 }),
      at(40 * MINUTE, 'new-right-password'),
      ...[76, 80, 84].map((minute) =>
        type(minute * MINUTE, dice.pick(['wrong-0', 'wrong-1', 'wrong-2', 'wrong-3'])),
      ),
    ],
    fifo: dice.chance(0.5),
    faults: [fault('freeze-before', 'login', { from: T, millis: dice.between(700, 850) * SECOND })],
    lasts: 100 * MINUTE,
  };
};

/** A lock, and a clock that is far off when the lock is met or when people unlock it. */
export const wrongClocks: Theme = (dice) => {
  const of = dice.pick(['work', 'http', 'borrow']);
  const off = dice.pick([-24 * HOUR, -5 * SECOND, 5 * SECOND, 40 * SECOND, 24 * HOUR]);
  const jumpAt = dice.pick([0, T - 1, T + 30 * SECOND]);
  return {
    jumps: true,
    actions: [
      { at: jumpAt, account: 0, kind: 'jump', of, off, millis: dice.between(1, 30) * MINUTE } as const,
      { ...add(), at: 1 },
      at(T, 'captcha'),
      at(T, 'kill-sessions'),
      ...rush(dice, T + SECOND, { within: 20 * SECOND }),
      ...[1, 2, 3].flatMap((step) => [
        ...(dice.chance(0.5) ? [at(T + step * 5 * MINUTE, 'website-login')] : []),
        at(T + step * 5 * MINUTE + SECOND, 'click-unlocked'),
        ...(dice.chance(0.5) ? [at(T + step * 5 * MINUTE + MINUTE, 'captcha')] : []),
        at(T + step * 5 * MINUTE + MINUTE, 'kill-sessions'),
        ...rush(dice, T + step * 5 * MINUTE + 2 * SECOND, { within: 3 * MINUTE }),
      ]),
    ],
    fifo: dice.chance(0.5),
    lasts: 40 * MINUTE,
  };
};

/**
 * A worker whose clock is far ahead takes the lease, and dies with it or waits for a slow login; others look meanwhile,
 * and the account may be removed.
 */
export const clockAhead: Theme = (dice) => {
  const dies = dice.chance(0.5);
  const [of, kind] = dice.pick([
    ['work', 'sync-now'],
    ['borrow', 'borrow'],
  ] as const);
  const off = dice.pick([HOUR, 24 * HOUR, 30 * 24 * HOUR]);
  const [death, door] = dice.pick<readonly [FaultKind, string]>([
    ['crash-after', 'accounts.amend'],
    ['crash-before', 'passwords.readCurrent'],
    ['crash-before', 'ledger.open'],
    ['crash-before', 'login'],
    ['crash-after', 'login'],
  ]);
  return {
    jumps: true,
    actions: [
      { at: T - 1, account: 0, kind: 'jump', of, off, millis: dice.between(1, 5) * SECOND } as const,
      add(),
      at(T, 'kill-sessions'),
      ...(dies ? [] : [trouble(T, 'slow', MINUTE)]),
      at(T, kind),
      ...rush(dice, T + 6 * SECOND, { within: 18 * SECOND }),
      ...rush(dice, T + 30 * SECOND, { within: 8 * MINUTE }),
      ...(dice.chance(0.3) ? [at(T + dice.between(5, 90) * SECOND, 'remove')] : []),
    ],
    fifo: dice.chance(0.5),
    faults: dies ? [fault(death, door, { from: T })] : [],
    lasts: 60 * MINUTE,
  };
};
