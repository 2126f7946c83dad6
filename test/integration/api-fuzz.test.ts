import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { send } from '../../infra/local/http-client.ts';
import { requests } from '../support/api-requests.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { runs } from '../support/runs.ts';
import { openTables } from '../support/tables.ts';

/* The API answers any request soon, by its contract, and without a fault of its own. */

let klamka: Klamka;
/** Ids, cursors and positions from answers, which are then sent in places where they do not belong. */
const known = new Set<string>();

const NOTIFYING =
  /"(?:accountId|integrationKeyId|webhookId|importId|orderId|offerId|cursor|position|name)":"([^"]+)"/g;
/** A file and line of ours, or a frame of a stack trace. */
const INSIDE = /\.(?:ts|cjs|mjs|js):\d+|\bat \w+ \(|node:internal|TypeError|ZodError/;
const SOON_MILLIS = 10_000;

const learn = (text: string): void => {
  for (const [, value] of text.matchAll(NOTIFYING))
    if (value !== undefined && known.size < 200) known.add(value);
};

const RUNS = runs(200, 2_000);

beforeAll(async () => {
  klamka = await startKlamka({ environment: { API_WAIT_SECONDS: '0' } });
  const integrationKeyId = await klamka.registerKey();
  for (let index = 0; index < 2; index += 1) {
    const seller = await klamka.seller();
    await klamka.api('POST', '/accounts', { marketplace: 'allegro', integrationKeyId, ...seller });
  }
  await klamka.settle();
  await klamka.sim('POST', '/buyers', { orders: 8, pace: 'live' });
  await klamka.settle();
  const accounts = (await klamka.api('GET', '/accounts')).body.accounts as { accountId: string }[];
  for (const { accountId } of accounts) {
    await klamka.api('PUT', `/accounts/${accountId}/consumers/erp/position`, { position: null });
    for (const list of ['orders?limit=2', 'offers?limit=2', 'changes?limit=2', 'consumers', 'logins'])
      learn(JSON.stringify((await klamka.api('GET', `/accounts/${accountId}/${list}`)).body));
    known.add(accountId);
  }
  learn(JSON.stringify((await klamka.api('GET', '/changes?limit=3')).body));
  learn(JSON.stringify((await klamka.api('GET', '/integration-keys?limit=1')).body));
});

afterAll(() => klamka.close());

it('answers any request by its contract, and is whole afterwards', { timeout: 600_000 }, async () => {
  const seen = new Map<number, number>();
  // A removal that succeeds would leave nothing to ask about.
  const asked = requests([...known], { only: (id) => id !== 'accounts.remove' });
  await fc.assert(
    fc.asyncProperty(asked, async ({ method, path, body, headers }) => {
      const begun = performance.now();
      const answer = await send(klamka.world.api, {
        method,
        path,
        headers,
        ...(body !== undefined && { body }),
      });
      const text = await answer.text();
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      expect(answer.status, text).toBeLessThan(500);
      expect(text).not.toMatch(INSIDE);
      expect(performance.now() - begun).toBeLessThan(SOON_MILLIS);
      klamka.refuseFaults();
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  // Requests refused for their form alone would not test the code behind the check; a tenth succeeds on average.
  expect((seen.get(200) ?? 0) + (seen.get(202) ?? 0)).toBeGreaterThan(RUNS / 35);
  expect(seen.get(404) ?? 0).toBeGreaterThan(RUNS / 35);

  await klamka.settle();
  const tables = openTables(klamka.world.stack);
  const rows = async (table: string): Promise<Record<string, unknown>[]> => {
    const TableName = klamka.world.stack.resource(table).name;
    return (await tables.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];
  };
  const accounts = await rows('AccountsTable');
  expect(accounts.filter(({ phase }) => phase === 'creating')).toEqual([]);
  const halves = [...(await rows('RegistryTable')), ...(await rows('SendingTable'))];
  expect(halves.filter(({ incomplete }) => incomplete === true)).toEqual([]);
  tables.destroy();
  const { logins } = (await klamka.sim('GET', '/stats')) as { logins: Record<string, { locked: boolean }> };
  expect(Object.values(logins).filter(({ locked }) => locked)).toEqual([]);
  process.stderr.write(`fuzzed: ${JSON.stringify(Object.fromEntries(seen))}\n`);
});
