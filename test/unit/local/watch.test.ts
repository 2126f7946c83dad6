import { expect, it } from 'vitest';
import { serve } from '../../../infra/local/stack/loopback.ts';
import { drawTable } from '../../../infra/local/table.ts';
import { look } from '../../../infra/local/watch.ts';

const account = (accountId: string, login: string, marketplace = 'allegro') => ({
  ...{
    accountId,
    login,
    marketplace,
    session: null,
    ordersSince: null,
    lastRun: null,
    nextRunAt: null,
  },
  connection: { state: 'needs-app-password', reason: null, message: { pl: '', en: '' } },
});
const sync = { state: 'late', message: { pl: '', en: '' }, lagSeconds: null, quarantinedCount: 0 };

/** Answers of the API and of the simulator. All other paths are unknown. */
const ANSWERS: Readonly<Record<string, [number, object]>> = {
  '/accounts': [
    200,
    { accounts: [account('a1', 'known'), account('a2', 'unknown'), account('a3', 'leaving')], cursor: null },
  ],
  '/_sim/stats': [200, { calls: { doLogin: 2 }, logins: { known: { attempts: 1 } } }],
  '/_sim/orders?seller=known': [200, { orders: [{ live: true }, { live: false }] }],
  '/accounts/a1/sync': [200, sync],
  '/accounts/a1/orders': [200, { orders: [], cursor: null }],
  '/accounts/a2/sync': [200, sync],
  '/accounts/a2/orders': [200, { orders: [], cursor: null }],
  '/accounts/a3/sync': [409, {}],
};

const answering = (answers: typeof ANSWERS) =>
  serve(
    ({ url = '' }, response) => {
      const [status, body] = answers[url] ?? answers[url.split('?')[0] ?? ''] ?? [404, {}];
      response.writeHead(status).end(JSON.stringify(body));
    },
    { port: 0 },
  );

it('shows accounts that the simulated marketplace does not know, and leaves those out that are being removed', async () => {
  const server = await answering(ANSWERS);
  try {
    const shown = await look({ api: { url: server.url }, simulator: server.url });
    expect(shown.accounts.map(({ login }) => login)).toEqual(['known', 'unknown']);
    expect(shown.made).toEqual({ a1: 1, a2: 0 });
    expect(drawTable(shown)).toContain('unknown @ allegro');
  } finally {
    await server.close();
  }
});

it('counts for each of two accounts of the same login its own orders', async () => {
  const live = { live: true, lines: [] };
  const server = await answering({
    ...ANSWERS,
    '/accounts': [200, { accounts: [account('a2', 'known', 'aukro'), account('a1', 'known')], cursor: null }],
    '/accounts/a2/orders': [200, { orders: [live, live], cursor: null }],
    '/accounts/a2/sync': [200, { ...sync, state: 'fresh' }],
  });
  try {
    const shown = await look({ api: { url: server.url }, simulator: server.url });
    expect(shown.accounts.map(({ accountId }) => accountId)).toEqual(['a1', 'a2']);
    expect(shown.stored).toEqual({ a1: 0, a2: 2 });
    expect([shown.sync.a1?.state, shown.sync.a2?.state]).toEqual(['late', 'fresh']);
  } finally {
    await server.close();
  }
});
