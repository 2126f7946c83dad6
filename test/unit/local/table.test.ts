import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AccountView } from '../../../infra/local/sellers.ts';
import { drawTable, type SyncView } from '../../../infra/local/table.ts';

const account = (login: string, state: string, marketplace = 'allegro'): AccountView => ({
  accountId: `${login}-${marketplace}`,
  marketplace,
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

const drawn = (
  accounts: AccountView[],
  views: Record<string, SyncView>,
  counts: { made?: Record<string, number>; stored?: Record<string, number> } = {},
): string[] => {
  const snapshot = { nowMillis: 0, accounts, made: {}, stored: {}, sync: views, logins: 1, calls: 2 };
  return stripVTControlCharacters(drawTable({ ...snapshot, ...counts })).split('\n');
};

describe('the table of npm start', () => {
  it('shows how fresh orders are, and how many are quarantined', () => {
    const lines = drawn([account('sklep', 'connected')], {
      'sklep-allegro': sync('fresh', { quarantinedCount: 2 }),
    });
    expect(lines[1]).toMatch(/^sklep @ allegro +connected +fresh, 5 s, 2 quarantined +1 min 15 s/);
    expect(lines).toHaveLength(4);
  });

  it('says why orders are not fresh, and what to do where a person is needed', () => {
    const lines = drawn([account('a', 'connected'), account('b', 'needs-app-password')], {
      'a-allegro': sync('late'),
      'b-allegro': sync('disconnected'),
    });
    expect(lines).toContain('a @ allegro: A backlog.');
    expect(lines).toContain('b @ allegro: Enter a new password.');
    expect(lines.join()).toContain('Wpisz nowe hasło.');
  });

  it('keeps two accounts of the same login apart', () => {
    const accounts = [account('sklep', 'connected'), account('sklep', 'connected', 'aukro')];
    const views = { 'sklep-allegro': sync('fresh'), 'sklep-aukro': sync('late') };
    const counts = { made: { 'sklep-allegro': 11, 'sklep-aukro': 22 }, stored: { 'sklep-allegro': 11 } };
    const lines = drawn(accounts, views, counts);
    expect(lines[1]).toMatch(/^sklep @ allegro .* fresh, 5 s .* 11 +11 *$/);
    expect(lines[2]).toMatch(/^sklep @ aukro .* late, 5 s .* 22 +0 *$/);
    expect(lines).toContain('sklep @ aukro: A backlog.');
    expect(lines).not.toContain('sklep @ allegro: A backlog.');
  });
});
