import type { Account } from '../../../functions/core/account/account.ts';
import type { AccountAdmin, AccountStore, Amendment } from '../../../functions/core/account/store.ts';
import { type EpochMillis, epochMillis } from '../../../functions/core/base/time.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';

/** An account item with the mark of its last writer. */
export type Row = Account & { readonly writer?: string };

/**
 * Account items with the semantics of the real store: compare and set, and recognition of one's own repeated
 * write.
 */
export function accountDoor(world: World, process: Process): AccountStore & AccountAdmin {
  const { store } = world;
  const call = <T>(door: string, effect: () => T) =>
    world.calls.make(process, { door: `accounts.${door}`, backend: 'store', effect });
  const read = (accountId: string) => call('read', () => store.rows.get(accountId));
  return {
    read,

    async amend(accountId, amendment) {
      const after = await call('amend', () => compareAndSet(world, process, { accountId, amendment }));
      if (after !== undefined) return after;
      const now = await read(accountId);
      return now?.writer === amendment.writer ? now : undefined;
    },

    async claim(accountId, claim) {
      const after = await call('claim', () => {
        const row = store.rows.get(accountId);
        if (row === undefined) return undefined;
        const held = isHeld(row, claim);
        const troubleNotices =
          claim.slotMillis === undefined ||
          row.lastSlotMillis === undefined ||
          row.lastSlotMillis < claim.slotMillis ||
          row.lastSlotMillis > claim.nowMillis ||
          row.phase === 'removing';
        if (held || !troubleNotices) return undefined;
        const claimed = { claimToken: claim.token, claimUntilMillis: claim.untilMillis };
        return world.write(process, { accountId, after: { ...row, ...claimed, revision: row.revision + 1 } });
      });
      if (after !== undefined) return after;
      const now = await read(accountId);
      if (now === undefined) return 'gone';
      if (now.claimToken === claim.token) return now;
      return isHeld(now, claim) ? 'busy' : 'stale';
    },

    saveFacts: (accountId, { claimToken, afterBatch, ...save }) =>
      call('saveFacts', () => {
        const row = store.rows.get(accountId);
        if (row === undefined || row.claimToken !== claimToken) return false;
        if (save.batch !== undefined && row.batch?.id !== afterBatch) return row.batch?.id === save.batch.id;
        world.write(process, { accountId, after: { ...row, ...save } });
        return true;
      }),

    remove: (accountId, claimToken) =>
      call('remove', () => {
        const row = store.rows.get(accountId);
        if (row === undefined || row.claimToken !== claimToken) return false;
        world.write(process, { accountId, after: undefined });
        return true;
      }),

    list: () => call('list', () => ({ accounts: [...store.rows.values()] })),

    create: (account) =>
      call('create', () => {
        if (store.rows.has(account.accountId)) throw new Error('the row exists');
        world.write(process, { accountId: account.accountId, after: account });
      }),
  };
}

function compareAndSet(
  world: World,
  process: Process,
  { accountId, amendment }: { accountId: string; amendment: Amendment },
): Row | undefined {
  const row = world.store.rows.get(accountId);
  if (row === undefined || row.revision !== amendment.revision) return undefined;
  const after = { ...row, ...amendment.changes, revision: row.revision + 1, writer: amendment.writer };
  return world.write(process, { accountId, after });
}

const isHeld = (
  { claimToken, claimUntilMillis = epochMillis(0) }: Account,
  claim: { nowMillis: EpochMillis; latestMillis: EpochMillis },
): boolean =>
  claimToken !== undefined && claimUntilMillis >= claim.nowMillis && claimUntilMillis <= claim.latestMillis;
