import { type Klamka, startKlamka } from '../support/klamka.ts';
import { isDrawOfCalls, startStoreProxy, WRITES } from '../support/store-proxy.ts';
import type { Figure } from './report.ts';

const BUSY_ORDERS = 5;
const RUNS = 3;

/** Both kinds of marketplace, by the service that they are an entrance to. */
const MARKETPLACES = ['allegro', 'aukro'];

interface Cost {
  readonly calls: number;
  readonly requests: number;
  readonly writes: number;
  readonly secretReads: number;
}

const callsOf = async (klamka: Klamka): Promise<number> => {
  const { calls } = (await klamka.sim('GET', '/stats')) as { calls: Record<string, number> };
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
};

/** Calls and requests of a run that finds nothing, and of one that finds a few orders. */
export async function benchRuns(): Promise<Figure[]> {
  const [store, vault] = [await startStoreProxy(), await startStoreProxy()];
  const klamka = await startKlamka({
    seed: 9,
    environment: { AWS_ENDPOINT_URL_DYNAMODB: store.url, AWS_ENDPOINT_URL_SECRETS_MANAGER: vault.url },
  });
  store.target = klamka.world.stack.endpoints.dynamodb;
  vault.target = klamka.world.stack.endpoints.secretsManager;
  const registry = klamka.world.stack.resource('RegistryTable').name;
  try {
    const integrationKeyId = await klamka.registerKey();
    const costOf = async (): Promise<Cost> => {
      const before = await callsOf(klamka);
      store.reset();
      vault.reset();
      await klamka.settle();
      // Looks of the schedule for all accounts at once belong to no single run.
      const requests = store.requests.filter(
        (one) =>
          !isDrawOfCalls(one) &&
          !(one.operation === 'Query' && (one.index !== undefined || one.table === registry)),
      );
      return {
        calls: (await callsOf(klamka)) - before,
        requests: requests.length,
        writes: requests.filter(({ operation }) => WRITES.has(operation)).length,
        secretReads: vault.operations.length,
      };
    };
    const rows: (Cost & { marketplace: string; run: string })[] = [];
    for (const marketplace of MARKETPLACES) {
      const seller = await klamka.seller(marketplace === 'aukro' ? { country: 56 } : {});
      const { body } = await klamka.api('POST', '/accounts', { marketplace, ...seller, integrationKeyId });
      for (let run = 0; run < RUNS; run += 1) await klamka.settle();
      rows.push({ marketplace, run: 'idle', ...(await costOf()) });
      await klamka.sim('POST', '/buyers', { seller: seller.login, orders: BUSY_ORDERS, pace: 'at-once' });
      rows.push({ marketplace, run: `${BUSY_ORDERS} orders`, ...(await costOf()) });
      await klamka.api('POST', `/accounts/${String(body.accountId)}/pause`);
    }
    console.log('calls to the marketplace and requests to AWS, by run');
    console.table(rows);
    return rows.flatMap(({ marketplace, run, calls, requests, writes }): Figure[] => [
      { name: `run at ${marketplace}, ${run}: calls`, value: calls, better: 'less' },
      { name: `run at ${marketplace}, ${run}: requests to the store`, value: requests, better: 'less' },
      { name: `run at ${marketplace}, ${run}: writes`, value: writes, better: 'less' },
    ]);
  } finally {
    await klamka.close();
    await store.close();
    await vault.close();
  }
}
