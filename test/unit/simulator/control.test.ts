import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drain, play } from './kit.ts';

describe('the control door', () => {
  it.each([
    ['POST sellers', { login: 'sklep', country: 2, twoStep: true }, /400.*country: must be one of 1, 56/],
    ['POST sellers', { login: 'sklep', country: 1 }, /400.*twoStep/],
    ['POST buyers', { orders: 0 }, /400.*orders/],
    ['POST buyers', { orders: 1 }, /409.*no seller/],
    ['POST buyers', { orders: 1, seller: 'nobody' }, /404.*nobody/],
    ['POST faults', { operation: 'doNothing', kind: 'fault' }, /400.*operation/],
    ['POST settings', { sessionCap: 1, typo: 2 }, /400.*typo/],
    ['POST sellers/nobody/unlock', {}, /404.*nobody/],
    ['POST nothing', {}, /404.*no such control/],
  ])('%s %j is refused with a reason', async (name, body, message) => {
    const simulator = await play();
    await expect(simulator.control(name, body)).rejects.toThrow(message);
  });

  it('refuses a second seller of the same login, and a body over the limit', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    await expect(simulator.seller('SKLEP ')).rejects.toThrow(/409/);
    const response = await simulator.post('doLogin', 'x'.repeat(1024 * 1024 + 1));
    expect(response.status).toBe(413);
  });

  it('shows an application password once', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    expect(password).toHaveLength(16);
    expect(JSON.stringify(await simulator.control('GET sellers'))).not.toContain(password);
  });

  it('lets buyers live in real time, finish on request, and come in a trickle', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    const sent = await simulator.control<{ pendingSteps: number }>('POST buyers', {
      orders: 30,
      pace: 'live',
      stepsPerSecond: 50,
    });
    expect(sent.pendingSteps).toBeGreaterThan(30);
    await expect.poll(async () => (await simulator.stats()).ordersMade).toBeGreaterThan(0);
    await simulator.control('POST buyers/finish');
    expect((await simulator.stats()).ordersMade).toBe(30);
    await simulator.control('POST buyers/trickle', { ordersPerMinute: 6000 });
    await expect.poll(async () => (await simulator.stats()).ordersMade).toBeGreaterThan(32);
  });
});

describe('the state file', () => {
  it('keeps the whole world, sessions included, and no secret in it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'below', 'world.json');
    const first = await play({ stateFile });
    const password = await first.seller('sklep');
    const session = await first.openSession('sklep', password);
    await first.logIn('sklep', 'wrong');
    await first.control('POST buyers', { orders: 40 });
    await first.control('POST clock', { advanceSeconds: 1000 });
    await first.control('POST settings', { sessionSeconds: 3000, outOfOrder: 0.5 });
    const before = {
      settings: await first.control('GET settings'),
      stats: await first.stats(),
      orders: await first.control('GET orders'),
      journal: await drain(first, session),
      version: await first.versionKey(),
    };
    await first.close();
    const saved = await readFile(stateFile, 'utf8');
    expect(saved).not.toContain(password);
    expect(saved).not.toContain(session);
    const second = await play({ stateFile, seed: 99 });
    expect(await second.control('GET orders')).toEqual(before.orders);
    expect(await second.control('GET settings')).toEqual(before.settings);
    expect(before.settings).toMatchObject({ sessionSeconds: 3000, outOfOrder: 0.5 });
    expect(await drain(second, session)).toEqual(before.journal);
    expect(await second.versionKey()).toBe(before.version);
    expect((await second.stats()).logins).toEqual(before.stats.logins);
    expect((await second.logIn('sklep', password)).fault).toBeUndefined();
    await second.control('POST clock', { advanceSeconds: 2000 });
    await expect(second.journal(session)).rejects.toThrow();
  });

  it('saves by itself some time after a change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'world.json');
    const simulator = await play({ stateFile });
    await simulator.seller('sklep');
    await expect
      .poll(() => readFile(stateFile, 'utf8').catch(() => ''), { timeout: 5000 })
      .toContain('sklep');
  });

  it('of another format is refused, with what to do, and left as it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const stateFile = join(folder, 'world.json');
    await (await play({ stateFile })).close();
    const older = JSON.stringify({ ...JSON.parse(await readFile(stateFile, 'utf8')), format: 0 });
    await writeFile(stateFile, older);
    await expect(play({ stateFile })).rejects.toThrow(/has format 0, .* delete the file/);
    expect(await readFile(stateFile, 'utf8')).toBe(older);
  });
});
