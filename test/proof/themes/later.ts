import { add, at, fault, HOUR, MINUTE, rush, SECOND, T, type Theme, trouble, type } from './kit.ts';

/* Themes that came after the others: see LATER in generate.ts. */

/** A refused password is sent again at a person's request, and the row is restored to a moment before that. */
export const resendsRestored: Theme = (dice) => {
  const resend = T + dice.between(15, 40) * SECOND;
  const restore = resend + 3 * MINUTE;
  const later = T + 2 * HOUR;
  return {
    accounts: 2,
    actions: [
      add(0),
      add(1),
      type(T, 'wrong-0'),
      at(resend, 'click-resend'),
      // To a moment between the refusal and the second sending, mostly.
      {
        at: restore,
        account: 0,
        kind: 'restore',
        millis: restore - T - dice.between(2, 15) * SECOND,
        idle: true,
      },
      ...(dice.chance(0.5) ? rush(dice, restore + SECOND, { within: 2 * MINUTE, most: 2 }) : []),
      ...[20 * MINUTE, 2 * HOUR].flatMap((moment) => [
        at(T + moment, 'kill-sessions', 1),
        at(T + moment + 100, 'sync-now', 1),
      ]),
      ...(dice.chance(0.5) ? [type(later + MINUTE, 'wrong-0')] : []),
      at(later + 5 * MINUTE, 'click-resend'),
    ],
    faults: dice.chance(0.5) ? [fault('reply-lost', 'login', { from: resend - SECOND })] : [],
    lasts: 4 * HOUR,
  };
};

/** An answer comes after its account was removed, while the seller's next account is under creation. */
export const answeredDuringCreation: Theme = (dice) => {
  const again = dice.between(4, 6) * MINUTE;
  const hearsAt = again + dice.between(-1, 4) * SECOND;
  return {
    actions: [
      add(0, 'wrong-0'),
      at(20 * SECOND, 'remove'),
      { ...add(0, 'wrong-0'), at: again },
      ...(dice.chance(0.3) ? [{ ...at(again + dice.between(1, 40) * SECOND, 'remove') }] : []),
      ...(dice.chance(0.3) ? [{ ...add(0, 'wrong-0'), at: again + 8 * MINUTE }] : []),
    ],
    faults: [
      fault('freeze-after', 'login', { millis: hearsAt }),
      fault(
        dice.pick(['freeze-before', 'freeze-after', 'crash-before']),
        dice.pick(['accounts.create', 'accounts.create', 'passwords.create', 'claims.read.login']),
        { from: again - SECOND, nth: 1, millis: dice.between(1, 25) * SECOND },
      ),
    ],
    fifo: false,
    lasts: 25 * MINUTE,
  };
};

/** The marketplace names the seller late, when the account has failures of its own beside those of the seller's memory. */
export const sellerNamedLate: Theme = (dice) => ({
  actions: [
    { ...add(0, dice.pick(['wrong-2', 'right'])), by: 'address' },
    { ...at(30 * SECOND, 'remove'), by: 'address' },
    { ...add(0, 'wrong-0'), at: 5 * MINUTE },
    type(7 * MINUTE, dice.pick(['right', 'wrong-1'])),
    type(70 * MINUTE, dice.pick(['right', 'wrong-3'])),
  ],
  faults: Array.from({ length: dice.between(1, 2) }, (_, index) =>
    fault('refused-by-store', 'sellerId', { from: 4 * MINUTE, nth: index + 1 }),
  ),
  lasts: 80 * MINUTE,
});

/** A newer password is typed while an older one is on its way. */
export const typedMeanwhile: Theme = (dice) => ({
  actions: [
    add(),
    trouble(T - SECOND, 'slow', dice.between(20, 50) * SECOND),
    type(T, dice.pick(['wrong-0', 'wrong-0', 'right'])),
    at(T + dice.between(1, 100), 'borrow'),
    type(T + dice.between(1, 40) * SECOND, dice.pick(['right', 'wrong-1'])),
  ],
  fifo: dice.chance(0.5),
  lasts: 20 * MINUTE,
});
