import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { openSession } from '../../functions/core/access/session.ts';
import { workDeps } from '../../functions/entry/work-deps.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';
import { median } from './measure.ts';
import type { Figure } from './report.ts';
import { workEnvironment } from './work-environment.ts';

const WORKERS = 50;
const CACHED = 200;

type Worker = ReturnType<typeof workDeps>;

/** Milliseconds until a worker has opened a session; undefined if it was told to come again. */
async function millisToOpen(deps: Worker, accountId: string): Promise<number | undefined> {
  const start = performance.now();
  const account = await deps.accounts.read(accountId);
  if (account === undefined) throw new Error(`account ${accountId} is gone`);
  const { identity } = deps.driverOf(account.marketplaceId).settings;
  const scope = { identity, keyId: account.integrationKeyId };
  const marketplace = deps.driverOf(account.marketplaceId).open({
    turn: await deps.limits.open(scope),
    readKey: async () => undefined,
    cache: deps.access.keys.cacheOf(scope),
  });
  const endsAtMillis = deps.clock();
  try {
    await openSession(
      { ...deps, ...deps.access, marketplace, endsAtMillis: (endsAtMillis + 120_000) as typeof endsAtMillis },
      account,
    );
    return performance.now() - start;
  } catch (error) {
    if ((error as { reason?: string }).reason === 'login-in-progress') return undefined;
    throw error;
  }
}

/** Ends the stored session, as its time does; the marketplace would still take it. */
async function expire(klamka: Klamka, accountId: string): Promise<void> {
  const tables = openTables(klamka.world.stack);
  await tables.send(
    new UpdateCommand({
      TableName: klamka.world.stack.resource('SessionsTable').name,
      Key: { accountId },
      UpdateExpression: 'SET expiresAtMillis = :past',
      ExpressionAttributeValues: { ':past': 0 },
    }),
  );
  tables.destroy();
}

interface Row {
  readonly what: string;
  readonly opened: number;
  readonly logins: number;
  readonly medianMillis: number;
  readonly longestMillis: number;
}

/** A session from the store, and one for fifty workers at once: without any, and after the end of the one before. */
export async function benchSessions(): Promise<Figure[]> {
  const klamka = await startKlamka({ seed: 7 });
  const before = { ...process.env };
  try {
    const seller = await klamka.seller();
    const integrationKeyId = await klamka.registerKey();
    Object.assign(process.env, await workEnvironment(klamka));
    const workers = Array.from({ length: WORKERS }, () => workDeps());
    const body = { marketplace: 'allegro', ...seller, integrationKeyId };
    const accountId = String((await klamka.api('POST', '/accounts', body)).body.accountId);
    await klamka.settle();
    const measured = async (what: string, open: () => Promise<(number | undefined)[]>): Promise<Row> => {
      const logins = await klamka.attempts(seller.login);
      const millis = (await open()).filter((one) => one !== undefined);
      return {
        what,
        opened: millis.length,
        logins: (await klamka.attempts(seller.login)) - logins,
        medianMillis: median(millis),
        longestMillis: Math.max(...millis),
      };
    };
    const atOnce = () => Promise.all(workers.map((deps) => millisToOpen(deps, accountId)));
    await atOnce();
    const rows = [
      await measured('stored, one worker', async () => {
        const all: (number | undefined)[] = [];
        for (let time = 0; time < CACHED; time += 1)
          all.push(await millisToOpen(workers[time % WORKERS] as Worker, accountId));
        return all;
      }),
      await measured(`stored, ${WORKERS} workers at once`, atOnce),
    ];
    await expire(klamka, accountId);
    rows.push(await measured(`expired, ${WORKERS} workers at once`, atOnce));
    console.log('time until a worker has a session');
    console.table(
      rows.map(({ medianMillis, longestMillis, ...row }) => ({
        ...row,
        'median ms': medianMillis.toFixed(1),
        'longest ms': longestMillis.toFixed(0),
      })),
    );
    return rows.flatMap(({ what, logins, medianMillis }): Figure[] => [
      { name: `session, ${what}: median ms`, value: medianMillis, better: 'less' },
      { name: `session, ${what}: logins`, value: logins, better: 'less' },
    ]);
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await klamka.close();
  }
}
