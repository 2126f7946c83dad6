import type { WorkMessage } from '../../functions/core/account/work-queue.ts';
import { requestErasure } from '../../functions/core/admin/erase-buyer.ts';
import { type EpochMillis, epochMillis } from '../../functions/core/base/time.ts';
import type { OrderId } from '../../functions/core/orders/order.ts';
import { planErasures } from '../../functions/core/run/erase.ts';
import { type RunOutcome, runAccount } from '../../functions/core/run/run.ts';
import { account, NOW } from './accounts.ts';
import { type MemoryAccount, memoryAccount } from './memory-account.ts';
import { type MemoryErasures, memoryErasures } from './memory-erasures.ts';
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

/** Requests of these tests name the buyer, so that no order is read for them. */
const absentReader = { read: async () => undefined };

/** A connected seller of the market with UUIDs, and the real core over memory. */
export interface UuidSeller {
  readonly market: UuidMarket;
  readonly accounts: MemoryAccount;
  readonly orders: MemoryOrders;
  readonly journal: MemoryJournal;
  readonly listed: MemoryListed;
  readonly erasures: MemoryErasures;
  clock(): EpochMillis;
  pass(millis: number): void;
  /** Runs a worker, which may be killed at a write or run out of time after some questions. */
  run(fate?: Fate): Promise<RunOutcome | 'killed'>;
  repair(orderId: OrderId): Promise<RunOutcome | 'killed'>;
  /** Requests that a buyer is erased, and loses the message. */
  askToErase(buyerId: string): Promise<void>;
  /** Erases the buyers of all requests, as a message has it done. */
  eraseAsked(fate?: Fate): Promise<RunOutcome | 'killed'>;
  /** Has a buyer erased: the message, and those that follow it, come back until they are carried out. */
  erase(buyerId: string, fate?: Fate): Promise<void>;
  /** Has requests that were not carried out in time carried out, as `plan` does; the outcomes of the messages. */
  planErasures(): Promise<(RunOutcome | 'killed')[]>;
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
  const erasures = memoryErasures();
  const stores = { accounts, orders, journal, listed };
  const deps = {
    ...memoryRunDeps({ ...stores, erasures: erasures.store }, { marketplace: market.marketplace, clock }),
    keptMillis,
  };
  const work = async (
    message: { why: 'now' | 'erase' | 'retention' } | { why: 'repair'; orderId: OrderId },
    { killedAtWrite = Infinity, patience = Infinity }: Fate = {},
  ) => {
    let [writes, asked] = [0, 0];
    // A dead worker writes nothing more, even if code catches the error.
    const onWrite = () => {
      writes += 1;
      if (writes >= killedAtWrite) throw new Killed();
    };
    const watchWrites = (watch: () => void) => {
      for (const store of [...Object.values(stores), erasures]) store.onWrite = watch;
    };
    watchWrites(onWrite);
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
      watchWrites(() => undefined);
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
    erasures,
    clock,
    pass: (millis) => {
      now += millis;
    },
    run: (fate) => work({ why: 'now' }, fate),
    repair: (orderId) => work({ why: 'repair', orderId }),
    async askToErase(buyerId) {
      const { accountId } = accounts.row;
      await requestErasure({ ...deps, orders: absentReader }, { accountId, buyerId });
    },
    eraseAsked: (fate) => work({ why: 'erase' }, fate),
    async erase(buyerId, fate) {
      await self.askToErase(buyerId);
      for (let tries = 0; erasures.requests.size > 0; tries += 1) {
        if (tries > 100) throw new Error('the erasure does not come to an end');
        await self.eraseAsked(tries === 0 ? fate : {});
      }
    },
    async planErasures() {
      const sent: WorkMessage[] = [];
      const queue = { send: async (message: WorkMessage) => void sent.push(message) };
      await planErasures({ erasures: erasures.index, queue, clock, outOfTime: () => false });
      const outcomes: (RunOutcome | 'killed')[] = [];
      for (const { why } of sent) if (why === 'erase') outcomes.push(await self.eraseAsked());
      return outcomes;
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
