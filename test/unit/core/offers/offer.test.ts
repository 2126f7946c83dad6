import { describe, expect, it } from 'vitest';
import { epochSeconds } from '../../../../functions/core/base/time.ts';
import type { Offer } from '../../../../functions/core/marketplace/offers.ts';
import { offerContent } from '../../../../functions/core/offers/offer.ts';

const OFFER: Offer = {
  id: '8000000001',
  title: 'Žluťoučká klika, „złota”',
  price: { amount: { minor: 1_990, currency: 'PLN' }, kind: 'buy-now' },
  startQuantity: 10,
  soldQuantity: 4,
  startedAtSeconds: epochSeconds(1_790_000_000),
  endsAtSeconds: undefined,
};

describe('offerContent', () => {
  it('keeps letters, counts what is left, and has no flags where nothing is odd', () => {
    expect(offerContent(OFFER, 'for-sale')).toEqual({
      title: 'Žluťoučká klika, „złota”',
      price: { minor: 1_990, currency: 'PLN' },
      priceKind: 'buy-now',
      state: 'active',
      startQuantity: 10,
      soldQuantity: 4,
      quantityLeft: 6,
      startedAtMillis: 1_790_000_000_000,
    });
  });

  it('tells a sold-out offer from one that ended before', () => {
    expect(offerContent({ ...OFFER, soldQuantity: 10 }, 'sold').state).toBe('sold-out');
    expect(offerContent(OFFER, 'sold').state).toBe('ended');
    expect(offerContent({ ...OFFER, soldQuantity: 0 }, 'not-sold').state).toBe('ended');
  });

  it('stores what can be read of an odd offer, and names what cannot', () => {
    const nothing = { id: OFFER.id } as Offer;
    expect(offerContent(nothing, 'for-sale')).toEqual({
      title: '',
      state: 'active',
      flags: ['price-unknown', 'quantity-unknown', 'title-unknown'],
    });
    const odd = offerContent(
      {
        ...OFFER,
        title: 'x\uFFFD'.repeat(5_000),
        price: { amount: { minor: -1, currency: 'PLN' }, kind: 'buy-now' },
        soldQuantity: 11,
      },
      'for-sale',
    );
    expect(odd.flags).toEqual(['broken-text', 'long-title', 'negative-price', 'quantity-mismatch']);
    expect(odd).toMatchObject({ quantityLeft: 0, title: 'x\uFFFD'.repeat(5_000) });
  });
});
