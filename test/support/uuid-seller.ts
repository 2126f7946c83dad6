import type { EraseRequest, WorkMessage } from '../../functions/core/account/work-queue.ts';
import { type EpochMillis, epochMillis } from '../../functions/core/base/time.ts';
import { buyerHash } from '../../functions/core/orders/erasure.ts';
import type { OrderId } from '../../functions/core/orders/order.ts';
import { type RunOutcome, runAccount } from '../../functions/core/run/run.ts';
import { account, NOW } from './accounts.ts';
import { type MemoryAccount, memoryAccount } from './memory-account.ts';
import { type MemoryJournal, memoryJournal } from './memory-journal.ts';
import { type MemoryListed, memoryListed } from './memory-listed.ts';
import { type MemoryOrders, memoryOrders } from './memory-orders.ts';
import { CLAIM_ENDS, memoryRunDeps } from './memory-run.ts';
import { Killed } from './shaky-orders.ts';
import { type UuidMarket, uuidMarket } from './uuid-market.ts';

interface Fate {
  readonly killedAtWrite?: number | undefined;
  readonly patience?: number | undefined;
}

/** A connected seller of the market with UUIDs, and the real core over memory. */
export interface UuidSeller {
  readonly market: UuidMarket;
  readonly accounts: MemoryAccount;
  readonly orders: MemoryOrders;
  readonly journal: MemoryJournal;
  readonly listed: MemoryListed;
  clock(): EpochMillis;
  pass(millis: number): void;
  /** Runs a worker, which may be killed at a write or run out of time after some questions. */
  run(fate?: Fate): Promise<RunOutcome | 'killed'>;
  repair(orderId: OrderId): Promise<RunOutcome | 'killed'>;
  /** Has a buyer erased: the message, and those that follow it, come back until they are carried out. */
  erase(buyerId: string, fate?: Fate): Promise<void>;
  /** Erases the data of buyers that are too old, as `plan` has it done; the first worker may be killed. */
  eraseOld(fate?: Fate): Promise<RunOutcome | 'killed'>;
  /** Runs until the journal has nothing new. */
  processOrders(): Promise<void>;
}

export function uuidSeller({
  hasLists = false,
  keptMillis = 'for-ever',
}: {
  hasLists?: boolean;
  keptMillis?: number | 'for-ever';
} = {}): UuidSeller {
  let now: number = NOW;
  const clock = () => epochMillis(now);
  const market = uuidMarket(clock, { hasLists });
  const accounts = memoryAccount(account({ marketplaceId: 'uuid-market', lastLoginAtMillis: NOW }));
  const orders = memoryOrders();
  const journal = memoryJournal();
  const listed = memoryListed();
  const stores = { accounts, orders, journal, listed };
  const sent: EraseRequest[] = [];
  const deps = {
    ...memoryRunDeps(stores, { marketplace: market.marketplace, clock }),
    keptMillis,
    queue: {
      async send(message: WorkMessage) {
        if (message.why === 'erase') sent.push(message);
      },
    },
  };
  const work = async (
    message:
      | { why: 'now' | 'retention' }
      | { why: 'repair'; orderId: OrderId }
      | Pick<EraseRequest, 'why' | 'buyerHash' | 'after'>,
    { killedAtWrite = Infinity, patience = Infinity }: Fate = {},
  ) => {
    let [writes, asked] = [0, 0];
    // A dead worker writes nothing more, even if code catches the error.
    const onWrite = () => {
      writes += 1;
      if (writes >= killedAtWrite) throw new Killed();
    };
    for (const store of Object.values(stores)) store.onWrite = onWrite;
    const outOfTime = () => {
      asked += 1;
      return asked > patience;
    };
    try {
      const { accountId } = accounts.row;
      return await runAccount({ ...deps, outOfTime }, { accountId, slotMillis: clock(), ...message });
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      now += CLAIM_ENDS;
      return 'killed' as const;
    } finally {
      // Slots are milliseconds, and a run in memory ends within one: without this the next would have the
      // same slot.
      now += 1;
    }
  };
  const self: UuidSeller = {
    market,
    accounts,
    orders,
    journal,
    listed,
    clock,
    pass: (millis) => {
      now += millis;
    },
    run: (fate) => work({ why: 'now' }, fate),
    repair: (orderId) => work({ why: 'repair', orderId }),
    async erase(buyerId, fate) {
      const { accountId } = accounts.row;
      sent.push({
        accountId,
        slotMillis: clock(),
        why: 'erase',
        buyerHash: buyerHash(accountId, buyerId),
      });
      for (let tries = 0, next = sent[0]; next !== undefined; tries += 1, next = sent[0]) {
        if (tries > 100) throw new Error('the erasure does not come to an end');
        if ((await work(next, tries === 0 ? fate : {})) === 'done') sent.shift();
      }
    },
    eraseOld: (fate) => work({ why: 'retention' }, fate),
    async processOrders() {
      for (let runs = 0; runs < 50; runs += 1) {
        const outcome = await self.run();
        if (outcome === 'done' && accounts.row.lastRun?.events === 0) return;
        if (outcome === 'failed') throw new Error(`a run failed: ${JSON.stringify(accounts.row.lastRun)}`);
      }
      throw new Error(`the account does not come to rest: ${JSON.stringify(accounts.row.lastRun)}`);
    },
  };
  return self;
}
