import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../../functions/webapi/operations.ts';
import { MARKETPLACE_PRESETS, type WebapiSettings } from '../../../functions/webapi/presets.ts';

const presets: [string, WebapiSettings][] = Object.entries(MARKETPLACE_PRESETS);

describe.each(presets)('the preset %s', (id, preset) => {
  it('is filed under its own id', () => {
    expect(preset.id).toBe(id);
  });

  it('speaks TLS, and the dialect of its address', () => {
    expect(preset.endpoint).toMatch(/^https:/);
    const file = preset.dialect === 'rpc-encoded' ? /\/uploader\.php$/ : /\/service\.php$/;
    expect(preset.endpoint).toMatch(file);
  });

  it('drops only operations that there are', () => {
    expect(Object.keys(OPERATIONS)).toEqual(expect.arrayContaining([...preset.droppedOperations]));
  });

  it('has a currency and a zone that exist', () => {
    const format = { style: 'currency', currency: preset.currency, timeZone: preset.timeZone } as const;
    expect(new Intl.NumberFormat('pl', format).resolvedOptions().currency).toBe(preset.currency);
    expect(new Intl.DateTimeFormat('pl', format).resolvedOptions().timeZone).toBe(preset.timeZone);
  });
});
