import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../functions/core/base/problem.ts';
import { mustHave } from '../../../../functions/core/marketplace/capabilities.ts';
import { MARKETPLACE_PRESETS } from '../../../../functions/webapi/presets.ts';
import { createWebapi } from '../../../support/webapi.ts';

describe('a capability that a marketplace lacks', () => {
  it.each(['lists', 'offers'] as const)('is told to a request that needs %s, in both languages', (one) => {
    const ask = () => mustHave({ lacks: [one] }, one);
    expect(ask).toThrow(Problem);
    try {
      ask();
    } catch (error) {
      expect(error).toMatchObject({ code: 'not-found', extra: { lacks: one } });
      expect((error as Problem).text.pl).toContain('Ten serwis nie');
      expect((error as Problem).text.en).toContain('This marketplace');
    }
  });

  it.each(['lists', 'offers'] as const)(
    'is no matter for a request that needs other things than %s',
    (one) => {
      const other = one === 'lists' ? 'offers' : 'lists';
      expect(() => mustHave({ lacks: [other] }, one)).not.toThrow();
      expect(() => mustHave({}, one)).not.toThrow();
      expect(() => mustHave(undefined, one)).not.toThrow();
    },
  );

  it.each(Object.values(MARKETPLACE_PRESETS))(
    'is left out by the driver of $id as its settings say',
    (preset) => {
      const driver = createWebapi(preset);
      for (const part of ['lists', 'offers'] as const)
        expect(driver[part] === undefined).toBe('lacks' in preset && [preset.lacks].flat().includes(part));
    },
  );
});
