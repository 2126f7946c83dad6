import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import { epochMillis, epochSeconds } from '../../../functions/core/base/time.ts';
import { OwnStop } from '../../../functions/core/faults/own-stop.ts';
import type { CallKind, Turn } from '../../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import { dialectOf } from '../../../functions/webapi/dialect.ts';
import { webapiDriver, webapiOperations } from '../../../functions/webapi/driver.ts';
import { OPERATIONS, type OperationName, type Request } from '../../../functions/webapi/operations.ts';
import { createTransport, type Transport } from '../../../functions/webapi/transport.ts';
import { freeRun } from '../../support/free-turns.ts';
import { keptVersionKey, logInTo } from '../../support/webapi.ts';
import { requestOf } from '../../support/wire-values.ts';
import { play } from '../simulator/kit.ts';
import { credentials, DIALECTS, HANDLE, KEY, SOON, settingsFor, VERSION_KEY } from './support.ts';

/** A driver that records its turns and calls in their order; a turn may be refused. */
function watched({ dialect = 'document-literal', refused = false }: Partial<Watch> = {}) {
  const noted: (CallKind | 'sent')[] = [];
  const turn: Turn = async (kind) => {
    noted.push(kind);
    if (refused) throw STOP;
  };
  const transport = async () => {
    noted.push('sent');
    return { status: 200, contentType: undefined, body: new Uint8Array() };
  };
  const settings = settingsFor('http://127.0.0.1/', dialect);
  const operations = webapiOperations(settings, { turn, transport });
  const run = freeRun({ turn, cache: keptVersionKey(VERSION_KEY) });
  return { noted, settings, operations, webapi: webapiDriver(settings, { transport }).open(run) };
}

interface Watch {
  readonly dialect: (typeof DIALECTS)[number];
  readonly refused: boolean;
}

const STOP = new OwnStop('calls-budget');
const LIST_PAGE = {
  list: 'all-sales',
  from: epochSeconds(1_500_000_000),
  to: epochSeconds(1_500_086_400),
} as const;
const OFFER_PAGE = { list: 'for-sale', page: 0 } as const;
const ofOffers = { offerIds: ['7'], buyerIds: ['5'] };

type Port = Required<Marketplace>;

/** A call of every method of every capability. */
const CALLS: Readonly<Record<string, (port: Port) => unknown>> = {
  'access.probeKey': ({ access }) => access.probeKey(KEY, SOON),
  'access.sellerId': ({ access }) => access.sellerId?.({ login: 'sklep', integrationKey: KEY }, SOON),
  // With a version key in the cache, the call that goes out is the login itself.
  'access.prepareLogin': (port) => logInTo(port, credentials('haslo-testowe'), SOON),
  'sales.page': ({ sales }) => sales.page(HANDLE, '1', SOON),
  'sales.newest': ({ sales }) => sales.newest(HANDLE, undefined, SOON),
  'sales.remembers': ({ sales }) =>
    sales.remembers(HANDLE, { position: '1', atSeconds: epochSeconds(1_500_000_000) }, SOON),
  'sales.before': ({ sales }) =>
    sales.before?.(HANDLE, { position: '5100000000', sinceMillis: epochMillis(0), resume: undefined }, SOON),
  'sales.read': ({ sales }) => sales.read(HANDLE, ['1'], SOON),
  'openPurchases.unpaid': ({ openPurchases }) =>
    openPurchases.unpaid(HANDLE, { offerId: '7', buyerId: '5' }, SOON),
  'openPurchases.buyers': ({ openPurchases }) => openPurchases.buyers(HANDLE, ofOffers, SOON),
  'lists.salePage': ({ lists }) => lists.salePage(HANDLE, LIST_PAGE, SOON),
  'offers.offerEvents': ({ offers }) => offers.offerEvents(HANDLE, '1', SOON),
  'offers.offersIn': ({ offers }) => offers.offersIn(HANDLE, OFFER_PAGE, SOON),
};

/** A method that compares positions and makes no call. */
const ASKS_NOBODY = 'sortKey';

/** The names of all methods of a port that make calls. */
const methodsOf = ({ settings: _, ...port }: Port): string[] =>
  Object.entries(port).flatMap(([capability, methods]) =>
    Object.entries(methods)
      .filter(([name, value]) => typeof value === 'function' && name !== ASKS_NOBODY)
      .map(([name]) => `${capability}.${name}`),
  );

const settled = async (call: () => unknown): Promise<unknown> => {
  try {
    return await call();
  } catch (error) {
    return error;
  }
};

it('every method of every capability is called below', () => {
  expect(Object.keys(CALLS).toSorted()).toEqual(methodsOf(watched().webapi).toSorted());
});

describe.each(Object.entries(CALLS))('%s', (name, call) => {
  const kind = name.startsWith('access.') ? 'login' : 'other';

  it('waits for a turn of its kind before each call that it sends', async () => {
    const { noted, webapi } = watched();
    await settled(() => call(webapi));
    expect(noted.length).toBeGreaterThan(0);
    expect(noted).toEqual(noted.map((_, index) => (index % 2 === 0 ? kind : 'sent')));
  });

  it('sends nothing without a turn, and passes on why', async () => {
    const { noted, webapi } = watched({ refused: true });
    expect(await settled(() => call(webapi))).toBe(STOP);
    expect(noted).toEqual([kind]);
  });
});

describe.each(DIALECTS)('every operation in %s', (dialect) => {
  const spelling = dialectOf(watched({ dialect }).settings);
  const names = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => !spelling.lacks(name));

  it.each(names)('%s waits for its turn', async (operation) => {
    const request = requestOf(operation, { dialect: spelling, full: false }) as Request<OperationName>;
    const free = watched({ dialect });
    await settled(() => free.operations.call(operation, request, SOON));
    expect(free.noted).toEqual([expect.stringMatching(/^(login|other)$/), 'sent']);
    const stopped = watched({ dialect, refused: true });
    expect(await settled(() => stopped.operations.call(operation, request, SOON))).toBe(STOP);
    expect(stopped.noted).not.toContain('sent');
  });
});

/** A position of the search for the newest events from which less than some pages follow. */
const NEAR_THE_END = '0+99999999999';

it('a method that sends several calls waits for each of them', async () => {
  const { url, seller, control } = await play();
  const noted: string[] = [];
  const exchange = createTransport();
  const transport: Transport = (post) => {
    noted.push('sent');
    return exchange(post);
  };
  const endpoint = `${url}/service.php`;
  const settings = { ...settingsFor(endpoint), namespace: 'urn:SandboxWebApi' };
  const run = freeRun({ turn: async (kind) => void noted.push(kind) });
  const webapi = webapiDriver(settings, { transport }).open(run);
  const applicationPassword = new Secret(await seller('sklep'));
  await control('POST buyers', { orders: 20 });
  const login = { login: 'sklep', applicationPassword, integrationKey: KEY };
  const { session: sessionHandle } = await logInTo(webapi, login, SOON);
  noted.length = 0;
  const { found } = await webapi.sales.newest(sessionHandle, NEAR_THE_END, SOON);
  expect(found?.length).toBeGreaterThan(0);
  expect(noted.length).toBeGreaterThan(2);
  expect(noted).toEqual(noted.map((_, index) => (index % 2 === 0 ? 'other' : 'sent')));
});

it('a call that is refused before it is sent takes no turn', async () => {
  const { noted, webapi } = watched();
  await settled(() => logInTo(webapi, credentials(''), SOON));
  expect(noted).toEqual([]);
});

it('a call of one run takes no turn of another', async () => {
  const kinds: string[] = [];
  const transport = async () => ({ status: 200, contentType: undefined, body: new Uint8Array() });
  const driver = webapiDriver(settingsFor('http://127.0.0.1/'), { transport });
  const [one, other] = ['one', 'other'].map((run) =>
    driver.open(freeRun({ turn: async () => void kinds.push(run) })),
  );
  await settled(() => one?.access.probeKey(KEY, SOON));
  await settled(() => other?.access.probeKey(KEY, SOON));
  expect(kinds).toEqual(['one', 'other']);
});

it('only the function that waits for turns can send', () => {
  const folder = new URL('../../../functions/webapi/', import.meta.url);
  const senders = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /from '\.\/soap\.ts'/.test(readFileSync(new URL(file, folder), 'utf8')));
  expect(senders).toEqual(['caller.ts']);
});
