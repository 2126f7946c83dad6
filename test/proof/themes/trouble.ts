import {
  add,
  at,
  fault,
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

/** Version keys change, and cannot be fetched for a while after a login has shown that. */
export const versionKey: Theme = (dice) => ({
  accounts: 2,
  actions: [
    add(0),
    add(1),
    { at: T, account: 0, kind: 'new-version-key' },
    at(T, 'kill-sessions'),
    ...rush(dice, T + 100, { within: 3 * SECOND }),
    ...(dice.chance(0.3) ? [{ at: T + 2 * SECOND, account: 0, kind: 'new-version-key' } as const] : []),
    ...(dice.chance(0.4)
      ? [
          at(T + 20 * SECOND, 'kill-sessions', 1),
          ...rush(dice, T + 20 * SECOND, { within: 3 * MINUTE, account: 1 }),
        ]
      : []),
    ...rush(dice, T + 10 * SECOND, { within: 10 * MINUTE }),
  ],
  fifo: dice.chance(0.5),
  faults: dice.chance(0.6)
    ? Array.from({ length: dice.between(1, 4) }, (_, lost) =>
        fault('reply-lost', 'versionKey', { from: T, nth: lost + 1 }),
      )
    : [
        fault(
          dice.pick(['freeze-after', 'crash-after', 'crash-before']),
          dice.pick(['login', 'versionKey', 'accounts.amend', 'driverCache.drop', 'ledger.close']),
          { from: T, nth: dice.between(1, 3), millis: longFreeze(dice) },
        ),
      ],
  lasts: 15 * MINUTE,
});

export const sharedTrouble: Theme = (dice) => ({
  accounts: 3,
  actions: [
    add(0),
    add(1),
    add(2),
    trouble(
      T,
      dice.pick(['key-refused', 'key-rate-limited', 'address-blocked']),
      dice.between(1, 25) * MINUTE,
    ),
    ...[0, 1, 2].map((account) => at(T, 'kill-sessions', account)),
    ...[0, 1, 2].flatMap((account) => rush(dice, T + SECOND, { within: 20 * MINUTE, account })),
  ],
  fifo: dice.chance(0.5),
  faults: dice.chance(0.3)
    ? [
        fault(
          dice.pick(['crash-after', 'crash-before', 'reply-lost']),
          dice.pick(['troubles.takeProbe', 'troubles.end', 'troubles.record', 'versionKey']),
          { from: T },
        ),
      ]
    : [],
  lasts: 45 * MINUTE,
});

export const faultyService: Theme = (dice) => ({
  actions: [
    add(),
    trouble(
      T,
      dice.pick([
        'unknown-fault',
        'unknown-fault',
        'unknown-fault',
        'unknown-fault',
        'login-service-trouble',
        'unknown-fault',
        'marketplace-unavailable',
        'unreachable',
      ]),
      dice.between(1, 30) * MINUTE,
    ),
    at(T, 'kill-sessions'),
    ...rush(dice, T + SECOND, { within: 10 * MINUTE }),
    ...(dice.chance(0.5) ? [at(dice.between(10, 30) * MINUTE, 'resume')] : []),
  ],
  lasts: 40 * MINUTE,
});

/** Sessions that end early, some within seconds, once or several times. */
export const deaths: Theme = (dice) => {
  const times = dice.between(1, 4);
  const rounds = Array.from({ length: times }, (_, round) => T + round * dice.between(20, 400) * SECOND);
  return {
    actions: [
      add(),
      ...rounds.flatMap((time) => [
        at(time, dice.pick(['kill-sessions', 'crowd-out'])),
        at(time + 200, dice.pick(['borrow', 'sync-now'])),
        at(time + dice.between(300, 4_000), dice.pick(['kill-sessions', 'crowd-out'])),
        ...rush(dice, time + 200, { within: 8 * SECOND }),
      ]),
    ],
    fifo: dice.chance(0.3),
    faults: dice.chance(0.3)
      ? [
          fault('freeze-before', dice.pick(['sessions.drop', 'sessions.read', 'saleEvents']), {
            from: T,
            millis: dice.between(1, 200) * SECOND,
          }),
        ]
      : [],
    lasts: 40 * MINUTE,
  };
};

export const address: Theme = (dice) => ({
  egressId: 'eip-1',
  actions: [
    add(),
    { at: dice.between(5, 120) * SECOND, account: 0, kind: 'move-egress' },
    ...rush(dice, 10 * SECOND, { within: 3 * MINUTE, most: 6 }),
  ],
  fifo: dice.chance(0.5),
  lasts: 15 * MINUTE,
});

export const outage: Theme = (dice) => ({
  actions: [
    add(),
    at(T, 'kill-sessions'),
    ...rush(dice, T + SECOND, { within: 60 * SECOND }),
    {
      at: T + dice.between(0, 20) * SECOND,
      account: 0,
      kind: 'outage',
      of: dice.pick(['store', 'store', 'vault', 'queue']),
      millis: dice.between(1, 300) * SECOND,
    },
    ...(dice.chance(0.4) ? [type(T + dice.between(0, 20) * SECOND, dice.pick(['right', 'wrong-0']))] : []),
  ],
  fifo: dice.chance(0.6),
  lasts: 20 * MINUTE,
});

export const cutTelling: Theme = (dice) => ({
  actions: [
    add(0, 'wrong-0'),
    ...(dice.chance(0.5) ? [type(dice.between(2, 6) * MINUTE, dice.pick(['right', 'wrong-1']))] : []),
    ...(dice.chance(0.3) ? [trouble(5 * MINUTE, 'key-refused', 3 * MINUTE), at(5 * MINUTE, 'sync-now')] : []),
    ...(dice.chance(0.3) ? [rotate(dice.between(1, 5) * MINUTE, 'right')] : []),
  ],
  faults: [
    fault(
      dice.pick(['crash-after', 'crash-before', 'unknown', 'freeze-before']),
      dice.pick(['bus.publish', 'notify.pages', 'troubleNotices.list']),
      { account: -1, millis: 30 * SECOND },
    ),
  ],
  lasts: 10 * MINUTE,
});

/** The marketplace refuses good passwords for a while; people have them sent again. */
export const wrongRefusals: Theme = (dice) => {
  const all = [0, 1, 2, 3, 4];
  const millis = dice.between(1, 12) * MINUTE;
  return {
    accounts: all.length,
    actions: [
      ...all.map((account) => add(account)),
      trouble(T, 'refuses-wrongly', millis),
      ...all.map((account) => at(T + account * dice.between(1, 9_000), 'kill-sessions', account)),
      ...all.flatMap((account) => [
        at(T + account * 25 * SECOND, 'borrow', account),
        ...rush(dice, T + 60 * SECOND, { within: 8 * MINUTE, account, most: 2 }),
      ]),
      ...all.flatMap((account) =>
        dice.chance(0.7) ? [at(T + millis + dice.between(-60, 200) * SECOND, 'click-resend', account)] : [],
      ),
      ...all.flatMap((account) => [
        ...(dice.chance(0.5) ? [at(T + 90 * SECOND, 'click-resend', account)] : []),
        ...(dice.chance(0.5) ? [at(T + 3 * MINUTE, 'click-resend', account)] : []),
      ]),
    ],
    lasts: 30 * MINUTE,
  };
};

/** Logins take half a minute; an account is paused meanwhile, and the password in use is typed again. */
export const slowLogins: Theme = (dice) => ({
  actions: [
    add(),
    trouble(T, 'slow', dice.between(5, 30) * MINUTE),
    at(T, 'kill-sessions'),
    ...rush(dice, T + SECOND, { within: 5 * SECOND }),
    ...(dice.chance(0.6) ? [at(T + dice.between(10, 40) * SECOND, 'pause'), at(4 * MINUTE, 'resume')] : []),
    ...[6, 7, 8].slice(0, dice.between(0, 3)).map((minute) => type(minute * MINUTE, 'right')),
    at(20 * MINUTE, 'kill-sessions'),
    ...rush(dice, 20 * MINUTE + SECOND, { within: 5 * SECOND }),
  ],
  lasts: 35 * MINUTE,
});

/**
 * Logins that were prepared just before their key got into trouble: the marketplace answers before it judges the
 * password, so that no possible failure stays, and the login was sent all the same.
 */
export const forgivenLogins: Theme = (dice) => {
  const rounds = [0, 26, 80, 140].map((minutes) => T + minutes * MINUTE + dice.between(0, 60) * SECOND);
  const [first = T] = rounds;
  return {
    actions: [
      add(),
      { at: first, account: 0, kind: 'new-version-key' },
      at(first, 'kill-sessions'),
      ...rounds.flatMap((time, round) => [
        at(time + SECOND, 'resume'),
        trouble(time + 11 * SECOND, 'key-rate-limited', (rounds[round + 1] ?? time) - time - 12 * SECOND),
      ]),
    ],
    // The second question with the key in a round prepares a login; the first one only probes.
    faults: rounds.map((time, round) =>
      fault('freeze-after', 'versionKey', {
        from: time,
        nth: round === 0 ? 1 : 2,
        millis: dice.between(12, 20) * SECOND,
      }),
    ),
    lasts: 150 * MINUTE,
  };
};
