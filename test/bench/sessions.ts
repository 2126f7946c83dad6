import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { openSession } from '../../functions/core/access/session.ts';
import { workDeps } from '../../functions/entry/work-deps.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { median } from '../support/median.ts';
import { openTables } from '../support/tables.ts';
import type { Figure } from './report.ts';
import { withEnvironment, workEnvironment } from './work-environment.ts';

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

/** Changes the stored session behind the product; the marketplace would still take it. */
async function change(
  klamka: Klamka,
  what: (session: { TableName: string; Key: { accountId: string } }) => UpdateCommand | DeleteCommand,
  accountId: string,
): Promise<void> {
  const tables = openTables(klamka.world.stack);
  const TableName = klamka.world.stack.resource('SessionsTable').name;
  await tables.send(what({ TableName, Key: { accountId } }) as UpdateCommand);
  tables.destroy();
}

/** Ends the stored session, as its time does. */
const expire = (klamka: Klamka, accountId: string) =>
  change(
    klamka,
    (session) =>
      new UpdateCommand({
        ...session,
        UpdateExpression: 'SET expiresAtMillis = :past',
        ExpressionAttributeValues: { ':past': 0 },
      }),
    accountId,
  );

const forget = (klamka: Klamka, accountId: string) =>
  change(klamka, (session) => new DeleteCommand(session), accountId);

interface Row {
  readonly what: string;
  /** Workers that had a session; the others were told to come again while one logged in. */
  readonly opened: number;
  readonly logins: number;
  readonly expectedLogins: number;
  /** Calls to the marketplace, the logins among them. */
  readonly calls: number;
  /** Absent for workers at once: they share this process with the store, which would be measured. */
  readonly medianMillis?: number;
}

/**
 * A session from the store, and for fifty workers at once: stored, without any, and after the end of the one before.
 * Workers at once are measured by the logins and calls that they make together.
 */
export async function benchSessions(): Promise<Figure[]> {
  const klamka = await startKlamka({ seed: 7 });
  try {
    return await withEnvironment(await workEnvironment(klamka), () => measureAll(klamka));
  } finally {
    await klamka.close();
  }
}

async function measureAll(klamka: Klamka): Promise<Figure[]> {
  const seller = await klamka.seller();
  const integrationKeyId = await klamka.registerKey();
  const body = { marketplace: 'allegro', ...seller, integrationKeyId };
  const accountId = String((await klamka.api('POST', '/accounts', body)).body.accountId);
  await klamka.settle();
  const callsMade = async () => {
    const { calls } = (await klamka.sim('GET', '/stats')) as { calls: Record<string, number> };
    return Object.values(calls).reduce((sum, count) => sum + count, 0);
  };
  const measured = async (
    what: string,
    { expectedLogins, open }: { expectedLogins: number; open: () => Promise<(number | undefined)[]> },
  ): Promise<Row & { readonly millis: number[] }> => {
    const [logins, calls] = [await klamka.attempts(seller.login), await callsMade()];
    const millis = (await open()).filter((one) => one !== undefined);
    return {
      what,
      opened: millis.length,
      logins: (await klamka.attempts(seller.login)) - logins,
      expectedLogins,
      calls: (await callsMade()) - calls,
      millis,
    };
  };
  /** New workers, because one that has worked remembers versions and secrets. */
  const atOnce = async (what: string, expectedLogins: number): Promise<Row> => {
    const workers = Array.from({ length: WORKERS }, () => workDeps());
    const open = () => Promise.all(workers.map((deps) => millisToOpen(deps, accountId)));
    const { millis: _, ...row } = await measured(`${what}, ${WORKERS} workers at once`, {
      expectedLogins,
      open,
    });
    return row;
  };
  const worker = workDeps();
  const { millis, ...alone } = await measured(`stored, one worker, ${CACHED} times`, {
    expectedLogins: 0,
    open: async () => {
      const all: (number | undefined)[] = [];
      for (let time = 0; time < CACHED; time += 1) all.push(await millisToOpen(worker, accountId));
      return all;
    },
  });
  const rows: Row[] = [{ ...alone, medianMillis: median(millis) }, await atOnce('stored', 0)];
  await forget(klamka, accountId);
  rows.push(await atOnce('cold', 1));
  await expire(klamka, accountId);
  rows.push(await atOnce('expired', 1));
  console.log(
    'sessions: logins and calls of the workers together; the median has the embedded store in the same process',
  );
  console.table(
    rows.map(({ medianMillis, logins, expectedLogins, ...row }) => ({
      ...row,
      logins,
      goal: `${logins === expectedLogins ? 'met' : 'MISSED'} (${expectedLogins} logins)`,
      'median ms': medianMillis?.toFixed(1) ?? '',
    })),
  );
  return rows.flatMap(({ what, opened, logins, calls, medianMillis }): Figure[] => [
    { name: `session, ${what}: opened`, value: opened, better: 'more' },
    { name: `session, ${what}: logins`, value: logins, better: 'less' },
    { name: `session, ${what}: calls`, value: calls, better: 'less' },
    ...(medianMillis === undefined
      ? []
      : [{ name: `session, ${what}: median ms`, value: medianMillis, better: 'less' } as const]),
  ]);
}
