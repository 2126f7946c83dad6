import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt } from '../../infra/local/http-client.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { amount } from '../support/runs.ts';
import { isDrawOfCalls, type StoreProxy, startStoreProxy, WRITES } from '../support/store-proxy.ts';
import { endClaims, endTroubles, passHours, setVisibility } from '../support/tables.ts';

const SYNCS = amount(30, 200);

let klamka: Klamka;
let store: StoreProxy;
let integrationKeyId: string;

beforeAll(async () => {
  store = await startStoreProxy();
  klamka = await startKlamka({ environment: { AWS_ENDPOINT_URL_DYNAMODB: store.url } });
  store.target = klamka.world.stack.endpoints.dynamodb;
  integrationKeyId = await klamka.registerKey();
});
afterAll(async () => {
  await klamka.close();
  await store.close();
});

/**
 * Adds an account and waits for its run too, because the answer comes with the verdict, before the run ends.
 */
async function add(login: string, applicationPassword: string) {
  const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
  const answer = await klamka.api('POST', '/accounts', body);
  await klamka.settle();
  return answer;
}

const put = (accountId: unknown, applicationPassword: string) =>
  klamka.api('PUT', `/accounts/${accountId}/application-password`, { applicationPassword });

const CONFIRMED = { loggedInOnWebsite: true };

const show = async (accountId: unknown) => (await klamka.api('GET', `/accounts/${accountId}`)).body;

/** Invokes `work` for an account without the queue, so that only the claim keeps two of them apart. */
const workOn = (accountId: unknown) =>
  klamka.world.stack.invoke('WorkLambdaFunction', {
    Records: [
      { messageId: randomUUID(), body: JSON.stringify({ accountId, slotMillis: Date.now(), why: 'now' }) },
    ],
  });

const syncs = async (accountId: unknown, times: number): Promise<void> => {
  await Promise.all(Array.from({ length: times }, () => klamka.api('POST', `/accounts/${accountId}/sync`)));
  await klamka.settle();
};

async function loginsOf(accountId: unknown): Promise<Record<string, unknown>[]> {
  const { body } = await klamka.api('GET', `/accounts/${accountId}/logins`);
  return body.logins as Record<string, unknown>[];
}

describe('one login at a time', () => {
  it('fifty workers at once without a handle make one login', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    await Promise.all(Array.from({ length: 50 }, () => workOn(body.accountId)));
    expect(await klamka.attempts(login)).toBe(2);
    expect(await show(body.accountId)).toMatchObject({ connection: { state: 'connected' } });
    expect((await loginsOf(body.accountId)).map(({ why, outcome }) => ({ why, outcome }))).toEqual([
      { why: 'session-ended', outcome: 'accepted' },
      { why: 'first', outcome: 'accepted' },
    ]);
  });

  it('a run with a handle asks DynamoDB once for it, four times in all', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    await klamka.settle();
    store.reset();
    await workOn(body.accountId);
    // Three requests: the claim, the session with the troubles of its key and address, the end of the run.
    // `plan` makes the fourth.
    const requests = store.requests.filter((one) => !isDrawOfCalls(one));
    expect(requests.map(({ operation }) => operation)).toEqual(['UpdateItem', 'BatchGetItem', 'UpdateItem']);
    expect(await klamka.attempts(login)).toBe(1);
  });
});

describe('wrong passwords', () => {
  it(`one is tried once in ${SYNCS} syncs`, async () => {
    const { login } = await klamka.seller();
    const { body } = await add(login, 'zlehaslo1');
    await syncs(body.accountId, SYNCS);
    expect(await klamka.attempts(login)).toBe(1);
  });

  it('the same one typed again is recognised and not tried', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, 'zlehaslo2');
    expect(await put(body.accountId, 'zlehaslo2')).toMatchObject({
      status: 422,
      body: { verdict: 'refused' },
    });
    expect(await klamka.attempts(login)).toBe(1);
    expect(await put(body.accountId, applicationPassword)).toMatchObject({
      status: 200,
      body: { verdict: 'accepted' },
    });
  });

  it('four different ones in a row are never tried four times; the website opens the way for one that is typed then', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, 'zlehaslo-a');
    for (const wrong of ['zlehaslo-b', 'zlehaslo-c'])
      expect((await put(body.accountId, wrong)).status).toBe(422);
    expect(await put(body.accountId, 'zlehaslo-d')).toMatchObject({
      status: 202,
      body: { connection: { state: 'locked', reason: 'attempts-exhausted' } },
    });
    expect(await klamka.attempts(login)).toBe(3);
    await syncs(body.accountId, 5);
    expect(await klamka.attempts(login)).toBe(3);
    await klamka.sim('POST', `/sellers/${login}/unlock`);
    const path = `/accounts/${body.accountId}/unlocked`;
    expect(await klamka.api('POST', path)).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'loggedInOnWebsite' }] },
    });
    expect(await klamka.api('POST', path, CONFIRMED)).toMatchObject({
      status: 200,
      body: { connection: { state: 'needs-app-password' } },
    });
    await passHours(klamka.world.stack, String(body.accountId));
    await syncs(body.accountId, 3);
    expect(await klamka.attempts(login)).toBe(3);
    expect(await put(body.accountId, applicationPassword)).toMatchObject({ status: 200 });
    expect(await klamka.attempts(login)).toBe(4);
  });

  it('"unlocked" is refused while nothing is locked, and pause and resume do what they say', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    const path = `/accounts/${body.accountId}`;
    expect(await klamka.api('POST', `${path}/unlocked`, CONFIRMED)).toMatchObject({
      status: 409,
      body: { type: 'urn:klamka:problem:wrong-state' },
    });
    expect(await klamka.api('POST', `${path}/pause`)).toMatchObject({
      status: 200,
      body: { connection: { state: 'paused' }, nextRunAt: null },
    });
    const before = (await show(body.accountId)).lastRun;
    await klamka.settle();
    expect((await show(body.accountId)).lastRun).toEqual(before);
    expect(await klamka.api('POST', `${path}/resume`)).toMatchObject({
      status: 202,
      body: { connection: { state: 'connected' } },
    });
    await klamka.settle();
    expect((await show(body.accountId)).lastRun).not.toEqual(before);
  });

  it('a locked account is left alone until a person confirms a login on the website; then one attempt follows', async () => {
    const { login, applicationPassword } = await klamka.seller();
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: 'ERR_CAPTCHA_REQUIRED' });
    const { body } = await add(login, applicationPassword);
    await syncs(body.accountId, 5);
    expect(await klamka.attempts(login)).toBe(1);
    const path = `/accounts/${body.accountId}/unlocked`;
    expect(await klamka.api('POST', path, CONFIRMED)).toMatchObject({
      status: 200,
      body: { connection: { state: 'locked' } },
    });
    await syncs(body.accountId, 5);
    expect(await klamka.attempts(login)).toBe(2);
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: null });
    expect(await klamka.api('POST', path, CONFIRMED)).toMatchObject({
      status: 200,
      body: { connection: { state: 'connected' } },
    });
    expect(await klamka.attempts(login)).toBe(3);
  });
});

describe('lost replies', () => {
  it('count as possible failures, so the account never gets near the lock', async () => {
    const { login } = await klamka.seller();
    await klamka.sim('POST', '/faults', { operation: 'doLoginEnc', times: 10, kind: 'drop-after' });
    const { body } = await add(login, 'zlehaslo-x');
    for (let round = 0; round < 6; round += 1) {
      await endTroubles(klamka.world.stack);
      await syncs(body.accountId, 2);
    }
    expect(await klamka.attempts(login)).toBe(2);
    for (const wrong of ['zlehaslo-y', 'zlehaslo-z', 'zlehaslo-w']) {
      await endTroubles(klamka.world.stack);
      await put(body.accountId, wrong);
    }
    expect(await klamka.attempts(login)).toBeLessThanOrEqual(3);
    await klamka.sim('DELETE', '/faults');
    await endTroubles(klamka.world.stack);
  });
});

describe('a store that cannot be reached', () => {
  it('lets nobody log in', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    store.reset();
    // The store goes down when the dead handle has been dropped, before the login begins.
    store.onAnswered = (operation) => {
      if (operation === 'DeleteItem') store.down = true;
    };
    await workOn(body.accountId).catch(() => undefined);
    store.reset();
    expect(await klamka.attempts(login)).toBe(1);
    await endClaims(klamka.world.stack, String(body.accountId));
    await syncs(body.accountId, 1);
    expect(await klamka.attempts(login)).toBe(2);
  });
});

describe('a worker that is killed', () => {
  it('between any two writes of a first login: at most one attempt is repeated, and the account gets connected', async () => {
    await setVisibility(klamka.world.stack, 3);
    let lastWrite = 0;
    for (let kill = 1; kill <= 12; kill += 1) {
      const { login, applicationPassword } = await klamka.seller();
      store.reset();
      let writes = 0;
      let armed = false;
      store.onAnswered = (operation) => {
        if (!WRITES.has(operation) || !armed) return;
        writes += 1;
        if (writes === kill) klamka.world.stack.kill('WorkLambdaFunction');
      };
      const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
      const adding = attempt(klamka.world.api, { method: 'POST', path: '/accounts', body });
      // Waits for the writes of the HTTP function: claim of the login, row, activation.
      while (store.operations.filter((operation) => WRITES.has(operation)).length < 3)
        await new Promise(setImmediate);
      armed = true;
      const accountId = await idOf(login);
      while (writes < kill && !(await isConnected(accountId)))
        await new Promise((resolve) => setTimeout(resolve, 20));
      lastWrite = Math.max(lastWrite, writes);
      store.reset();
      await endClaims(klamka.world.stack, accountId);
      await workOn(accountId);
      await endClaims(klamka.world.stack, accountId);
      await workOn(accountId);
      expect(await isConnected(accountId)).toBe(true);
      expect(await klamka.attempts(login)).toBeLessThanOrEqual(2);
      await adding;
    }
    expect(lastWrite).toBeGreaterThanOrEqual(8);
    await setVisibility(klamka.world.stack, 130);
  });
});

async function idOf(login: string): Promise<string> {
  for (;;) {
    const { accounts } = (await klamka.api('GET', '/accounts?limit=100')).body as {
      accounts: { login: string; accountId: string }[];
    };
    const found = accounts.find((account) => account.login === login);
    if (found !== undefined) return found.accountId;
  }
}

const isConnected = async (accountId: string): Promise<boolean> => {
  const { connection, lastRun } = (await show(accountId)) as {
    connection: { state: string };
    lastRun: { outcome: string } | null;
  };
  return connection.state === 'connected' && lastRun?.outcome === 'done';
};

describe('a handle that dies in the middle of a run', () => {
  it('is replaced once, and nothing is lost', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    await klamka.settle();
    await klamka.sim('POST', '/buyers', { orders: 60, seller: login, pace: 'at-once' });
    store.reset();
    let killed = false;
    store.onAnswered = (operation, number) => {
      if (killed || number < 20 || operation !== 'PutItem') return;
      killed = true;
      void klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    };
    await syncs(body.accountId, 1);
    store.reset();
    expect(killed).toBe(true);
    expect(await klamka.attempts(login)).toBe(2);
    let live = 0;
    let cursor: unknown = null;
    do {
      const page = await klamka.api(
        'GET',
        `/accounts/${body.accountId}/orders?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      live += (page.body.orders as { live: boolean }[]).filter((order) => order.live).length;
      cursor = page.body.cursor;
    } while (cursor !== null);
    expect(live).toBe(60);
  });
});

describe('people are told', () => {
  it('on the bus and on the topic, in both languages, once; and again when all is well', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, 'zlehaslo-t');
    await klamka.settle();
    await klamka.settle();
    const about = () =>
      klamka.world.stack
        .events()
        .filter(({ detail }) => (detail as { accountId?: string }).accountId === body.accountId);
    expect(about().map(({ detailType }) => detailType)).toEqual(['account.needs-person']);
    expect(about()[0]?.detail).toMatchObject({
      state: 'needs-app-password',
      reason: 'password-refused',
      message: { pl: expect.stringContaining('hasło'), en: expect.stringContaining('password') },
    });
    const [notice] = klamka.world.stack.notices().filter(({ eventId }) => eventId === about()[0]?.id);
    expect(notice?.message).toContain(login);
    expect(notice?.message).toContain('wygeneruj nowe hasło aplikacji');
    await put(body.accountId, applicationPassword);
    // The verdict comes before the end of its run, and the tick after that tells people.
    await klamka.settle();
    await klamka.settle();
    expect(about().map(({ detailType }) => detailType)).toEqual([
      'account.needs-person',
      'account.recovered',
    ]);
  });
});

describe('secrets', () => {
  it('are in no log line, no HTTP answer, no event and no notice', async () => {
    const { stack } = klamka.world;
    const everything = [...klamka.said, JSON.stringify(stack.events()), JSON.stringify(stack.notices())];
    for (const secret of [...klamka.secrets, 'zlehaslo']) {
      expect(everything.filter((text) => text.includes(secret))).toEqual([]);
    }
  });
});
