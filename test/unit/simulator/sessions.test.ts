import { describe, expect, it } from 'vitest';
import { element, type Play, play } from './kit.ts';

const journalFault = async (simulator: Play, session: string, headers?: Record<string, string>) =>
  (await simulator.call('doGetSiteJournalDeals', element('sessionId', session), headers)).fault;

describe('sessions', () => {
  it('die with time', async () => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    await simulator.control('POST clock', { advanceSeconds: 3590 });
    expect(await journalFault(simulator, session)).toBeUndefined();
    expect((await simulator.stats()).sessions).toEqual({ sklep: 1 });
    await simulator.control('POST clock', { advanceSeconds: 11 });
    expect(await journalFault(simulator, session)).toBe('ERR_SESSION_EXPIRED');
    expect((await simulator.stats()).sessions).toEqual({ sklep: 0 });
  });

  it('work only from the address that logged in', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    const here = { 'x-sim-client-address': '192.0.2.1' };
    const session = await simulator.openSession('sklep', password, here);
    expect(await journalFault(simulator, session, here)).toBeUndefined();
    expect(await journalFault(simulator, session, { 'x-sim-client-address': '192.0.2.2' })).toBe(
      'ERR_NO_SESSION',
    );
    expect(await journalFault(simulator, session)).toBe('ERR_NO_SESSION');
  });

  it('end from the oldest when one is above the cap, for the same seller only', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    const other = await simulator.openSession('inny', await simulator.seller('inny'));
    const sessions: string[] = [];
    for (let login = 0; login < 10; login += 1) sessions.push(await simulator.openSession('sklep', password));
    const [oldest = '', second = ''] = sessions;
    expect(await journalFault(simulator, oldest)).toBeUndefined();
    await simulator.openSession('sklep', password);
    expect(await journalFault(simulator, oldest)).toBe('ERR_NO_SESSION');
    expect(await journalFault(simulator, second)).toBeUndefined();
    expect(await journalFault(simulator, other)).toBeUndefined();
  });

  it('die when the script kills them, and unknown handles never lived', async () => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    expect(await simulator.control('POST sellers/sklep/kill-sessions')).toEqual({ killed: 1 });
    expect(await journalFault(simulator, session)).toBe('ERR_NO_SESSION');
    expect(await journalFault(simulator, '0011_1')).toBe('ERR_NO_SESSION');
  });

  it('survive a change of the version key', async () => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    await simulator.control('POST version-keys/change');
    expect(await journalFault(simulator, session)).toBeUndefined();
  });
});
