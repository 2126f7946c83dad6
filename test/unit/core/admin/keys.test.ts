import { describe, expect, it } from 'vitest';
import type { IntegrationKey, KeyAdmin, KeySweep } from '../../../../functions/core/access/key-store.ts';
import { registerKey, replaceKey, sweepKeys } from '../../../../functions/core/admin/keys.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { type EpochMillis, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { NOW } from '../../../support/accounts.ts';

/** Keys in memory; `cutOffAt` names the step at which the process dies. */
function keyring(cutOffAt?: string) {
  const rows = new Map<string, IntegrationKey>();
  const secrets = new Map<string, string>();
  const step = (name: string) => {
    if (name === cutOffAt) throw new Error(`killed at ${name}`);
  };
  const keys: Omit<KeyAdmin, 'beginRemoval' | 'endRemoval' | 'remove'> & KeySweep = {
    read: async (keyId) => rows.get(keyId),
    list: async () => ({ keys: [...rows.values()].filter(({ incomplete }) => incomplete !== true) }),
    async create(key) {
      step('create');
      rows.set(key.keyId, key);
    },
    async createSecret(keyId, key) {
      step('createSecret');
      secrets.set(keyId, key.reveal());
    },
    async complete(keyId) {
      step('complete');
      const { incomplete: _, ...row } = rows.get(keyId) ?? {
        keyId,
        label: '',
        createdAtMillis: NOW,
      };
      rows.set(keyId, row);
      return true;
    },
    async replaceSecret(keyId, key) {
      secrets.set(keyId, key.reveal());
    },
    forget: async () => undefined,
    incomplete: async () => [...rows.values()].filter(({ incomplete }) => incomplete === true),
    async remove(keyId) {
      secrets.delete(keyId);
      rows.delete(keyId);
    },
  };
  return { keys, rows, secrets };
}

const register = (keys: ReturnType<typeof keyring>['keys']) =>
  registerKey(
    { keys, clock: () => NOW, newId: () => 'k1' },
    { label: 'ERP', integrationKey: new Secret('abc123'), clientId: 'erp' },
  );
const sweep = (keys: KeySweep, now: EpochMillis) => sweepKeys({ keys, clock: () => now });

describe('registering an integration key', () => {
  it('stores the row and, beside it, the secret', async () => {
    const { keys, rows, secrets } = keyring();
    expect(await register(keys)).toEqual({
      keyId: 'k1',
      label: 'ERP',
      clientId: 'erp',
      createdAtMillis: NOW,
    });
    expect(rows.get('k1')).not.toHaveProperty('incomplete');
    expect(secrets.get('k1')).toBe('abc123');
    expect(await sweep(keys, plus(NOW, 60 * MINUTE))).toBe(0);
  });

  it.each(['createSecret', 'complete'])(
    'cut off at %s, offers nothing and leaves no secret behind',
    async (at) => {
      const { keys, rows, secrets } = keyring(at);
      await expect(register(keys)).rejects.toThrow('killed');
      expect(await keys.list({ limit: 1 })).toEqual({ keys: [] });
      expect(await sweep(keys, plus(NOW, MINUTE))).toBe(0);
      expect(await sweep(keys, plus(NOW, 2 * MINUTE))).toBe(1);
      expect([rows.size, secrets.size]).toEqual([0, 0]);
    },
  );

  it.each(['', ' abc', 'ab c', 'x'.repeat(129), 'żółw'])('refuses %j', async (integrationKey) => {
    const { keys, rows } = keyring();
    const input = { label: 'ERP', integrationKey: new Secret(integrationKey), clientId: 'erp' };
    await expect(registerKey({ keys, clock: () => NOW, newId: () => 'k1' }, input)).rejects.toMatchObject({
      code: 'bad-input',
      fields: [{ field: 'integrationKey' }],
    });
    expect(rows.size).toBe(0);
  });

  it('replaces a known key only', async () => {
    const { keys, secrets } = keyring();
    const deps = { keys, clock: () => NOW, newId: () => 'k1' };
    await expect(replaceKey(deps, { keyId: 'k9', integrationKey: new Secret('new') })).rejects.toMatchObject({
      code: 'not-found',
    });
    await register(keys);
    await replaceKey(deps, { keyId: 'k1', integrationKey: new Secret('new') });
    expect(secrets.get('k1')).toBe('new');
  });
});
