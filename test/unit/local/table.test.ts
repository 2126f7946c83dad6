import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AccountView } from '../../../infra/local/sellers.ts';
import { drawTable, type SyncView } from '../../../infra/local/table.ts';

const account = (login: string, state: string): AccountView => ({
  accountId: login,
  marketplace: 'allegro',
  login,
  connection: { state, reason: null, message: { pl: 'Wpisz nowe hasło.', en: 'Enter a new password.' } },
  session: { ageSeconds: 75, expiresAt: '' },
  ordersSince: null,
  lastRun: null,
  nextRunAt: null,
});
const sync = (state: string, changes: Partial<SyncView> = {}): SyncView => ({
  state,
  message: { pl: 'Zaległości.', en: 'A backlog.' },
  lagSeconds: 5,
  quarantinedCount: 0,
  ...changes,
});

const drawn = (accounts: AccountView[], views: Record<string, SyncView>): string[] =>
  stripVTControlCharacters(
    drawTable({ nowMillis: 0, accounts, made: {}, stored: {}, sync: views, logins: 1, calls: 2 }),
  ).split('\n');

describe('the table of npm start', () => {
  it('shows how fresh orders are, and how many are quarantined', () => {
    const lines = drawn([account('sklep', 'connected')], { sklep: sync('fresh', { quarantinedCount: 2 }) });
    expect(lines[1]).toMatch(/^sklep @ allegro +connected +fresh, 5 s, 2 quarantined +1 min 15 s/);
    expect(lines).toHaveLength(4);
  });

  it('says why orders are not fresh, and what to do where a person is needed', () => {
    const lines = drawn([account('a', 'connected'), account('b', 'needs-app-password')], {
      a: sync('late'),
      b: sync('disconnected'),
    });
    expect(lines).toContain('a: A backlog.');
    expect(lines).toContain('b: Enter a new password.');
    expect(lines.join()).toContain('Wpisz nowe hasło.');
  });
});
