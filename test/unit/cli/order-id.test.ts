import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeServer, klamka } from '../../support/cli.ts';

/* An order named by the bare number that a marketplace shows, which is that of a sale or of a purchase. */

const ID = '5f6c5f6c5f6c5f6c5f6c';
const NO_ORDER = { pl: 'Nie ma takiego zamówienia.', en: 'There is no such order.' };

/** A server that has these orders, and a way to run a command against it. */
async function world(stored: readonly string[]) {
  const { url, asked } = await fakeServer(({ method, path, body }) => {
    const orderId = decodeURIComponent(/\/orders\/([^/?]+)/.exec(path)?.[1] ?? '');
    if (path.endsWith('/resend'))
      return { body: { resent: JSON.parse(body).ids.length, unknown: [], cursor: null } };
    if (path.endsWith('/erase')) return { body: { accountId: ID, state: 'erasing' } };
    if (!stored.includes(orderId))
      return { status: 404, body: { status: 404, title: 'Not found', message: NO_ORDER } };
    return method === 'GET'
      ? { body: { ...ORDER, orderId, ...(orderId === REPLACED.orderId && REPLACED) } }
      : { body: { accountId: ID, orderId, state: 'repairing' } };
  });
  const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const exp = Date.now() / 1_000 + 3_600;
  const token = `h.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.s`;
  const access = { url: `${url}/v1`, token, registry: { table: 't', endpoint: url, region: 'x' } };
  await writeFile(join(folder, 'access.json'), JSON.stringify(access));
  const run = (words: string, env = {}) => klamka([...words.split(' '), '--data', folder], { env });
  /** Calls so far, without the address of the account. */
  const calls = () =>
    asked.map(
      ({ method, path }) => `${method} ${decodeURIComponent(path).replace(`/v1/accounts/${ID}/`, '')}`,
    );
  return { run, calls, asked };
}

const REPLACED = { orderId: 'purchase:70', state: 'replaced', live: false, heldBy: ['order:7'] };
const ORDER = {
  ...{ state: 'paid', live: true, revision: 1, total: null, lines: [] },
  ...{ buyer: { login: 'kupiec', email: '', id: '1' } },
};

describe('the bare number of', () => {
  it.each([
    ['an order', ['order:7'], 'order:7', ['GET orders/order:7']],
    ['a purchase', ['purchase:7'], 'purchase:7', ['GET orders/order:7', 'GET orders/purchase:7']],
    ['both: the order goes first', ['order:7', 'purchase:7'], 'order:7', ['GET orders/order:7']],
  ])('%s shows it', async (_, stored, orderId, wanted) => {
    const { run, calls } = await world(stored);
    const ran = await run(`orders show ${ID} 7 --json`);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(JSON.parse(ran.out)).toMatchObject({ orderId });
    expect(calls()).toEqual(wanted);
  });

  it('a purchase that a sale holds shows the order that it goes on as', async () => {
    const { run } = await world([REPLACED.orderId]);
    expect((await run(`orders show ${ID} 70`)).out).toMatch(/^state +replaced\ngoes on as +order:7$/m);
  });

  it('neither ends with 4, and names both ids in both languages', async () => {
    const { run } = await world([]);
    for (const command of ['orders show', 'repair', 'dismiss']) {
      const english = await run(`${command} ${ID} 7`);
      expect(english).toMatchObject({ exit: 4, out: '' });
      expect(english.err).toContain(
        'There is no such order. Looked for, in this order: order:7, purchase:7.',
      );
      const polish = await run(`${command} ${ID} 7`, { LANG: 'pl_PL.UTF-8' });
      expect(polish.err).toContain('Nie ma takiego zamówienia. Szukano kolejno: order:7, purchase:7.');
    }
  });

  it('a stored purchase is repaired without a question to the marketplace about an order of that number', async () => {
    const { run, calls } = await world(['purchase:7']);
    expect((await run(`repair ${ID} 7`)).out).toBe('purchase:7: is being read\n');
    expect(calls().filter((call) => call.startsWith('POST'))).toEqual(['POST orders/purchase:7/repair']);
  });

  it('orders are sent again, and a number of nothing is told as unknown', async () => {
    const { run, asked } = await world(['order:7', 'purchase:8']);
    const ran = await run(`resend ${ID} 7 8 9 order:10 --json`);
    expect(JSON.parse(ran.out)).toEqual({ resent: 3, unknown: ['9'] });
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({ ids: ['order:7', 'purchase:8', 'order:10'] });
    expect((await run(`resend ${ID} 7 9`)).out).toBe('orders that are sent again: 1; unknown: 9\n');
    const polish = await run(`resend ${ID} 7 9`, { LANG: 'pl_PL.UTF-8' });
    expect(polish.out).toBe('zamówienia wysyłane ponownie: 1; nieznane: 9\n');
    const none = await run(`resend ${ID} 9 --json`);
    expect(JSON.parse(none.out)).toEqual({ resent: 0, unknown: ['9'] });
  });

  it('an order whose buyer is to be erased is not guessed', async () => {
    const one = await world(['purchase:7']);
    expect((await one.run(`buyers erase ${ID} --order 7`)).err).toContain('the buyer (purchase:7)');
    expect(await one.run(`buyers erase ${ID} --order 7 --yes`)).toMatchObject({ exit: 0 });
    expect(JSON.parse(one.asked.at(-1)?.body ?? '')).toEqual({ orderId: 'purchase:7' });
    const both = await world(['order:7', 'purchase:7']);
    const refused = await both.run(`buyers erase ${ID} --order 7 --yes`);
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain('order:7, purchase:7');
    const none = await (await world([])).run(`buyers erase ${ID} --order 7 --yes`);
    expect(none.exit).toBe(4);
    expect(both.calls().some((call) => call.startsWith('POST'))).toBe(false);
  });
});

it('an id with its kind is taken as it is, in one call', async () => {
  for (const id of ['order:7', 'purchase:7', 'event:7', 'order:5d1c2f60-0a11-11f1-9b3e-4f6a1c2d7e10']) {
    const { run, calls } = await world([]);
    const ran = await run(`orders show ${ID} ${id}`);
    expect(ran.exit).toBe(4);
    expect(ran.err).not.toContain('Looked for');
    expect(calls()).toEqual([`GET orders/${id}`]);
  }
});
