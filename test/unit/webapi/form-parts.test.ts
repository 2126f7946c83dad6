import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderOfSale } from '../../../functions/core/orders/order-of-sale.ts';
import type { SaleBatch } from '../../../functions/webapi/formbatch.ts';
import { batchOf } from '../../support/reads.ts';
import { createWebapi } from '../../support/webapi.ts';
import { DIALECTS, fixture, HANDLE, SOON, settingsFor } from './support.ts';

const CART = 'doGetPostBuyFormsDataForSellers__a_cart_paid_online';
const GOOD_ID = '950000001';

/** A cart as the service writes it, and a copy of it as a second form. */
const document = (dialect: (typeof DIALECTS)[number] = 'document-literal', spoil = (xml: string) => xml) => {
  const { response } = fixture(CART, dialect);
  const [cart = ''] =
    /<(ns1:)?item[^>]*>\s*<(ns1:post[Bb]uyFormId|post-buy-form-id)[\s\S]*<\/(ns1:)?item>/.exec(response) ??
    [];
  const good = cart.replace('9007199254740993', GOOD_ID);
  const counted = response.replace('PostBuyFormDataStruct[1]', 'PostBuyFormDataStruct[2]');
  return counted.replace(cart, () => `${spoil(cart)}${good}`);
};

async function read(body: string | Uint8Array, dialect: (typeof DIALECTS)[number] = 'document-literal') {
  const transport = async () => ({
    status: 200,
    contentType: 'text/xml; charset=utf-8',
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  const webapi = createWebapi(settingsFor('http://127.0.0.1:1/service.php', dialect), { transport });
  return await batchOf(webapi.sales.read(HANDLE, ['9007199254740993', GOOD_ID], SOON));
}

/** Checks that the second form is whole, and returns the spoilt first. */
function spoilt({ sales, unreadable }: SaleBatch) {
  const good = sales.find(({ id }) => id === GOOD_ID);
  expect(good).toBeDefined();
  expect(good).not.toHaveProperty('unread');
  const form = sales.find(({ id }) => id !== GOOD_ID);
  return { form, unreadable, flags: form && orderOfSale(form).flags };
}

const readSpoilt = async (spoil: (xml: string) => string) =>
  spoilt(await read(document('document-literal', spoil)));

const never = (): never => {
  throw new Error('there is no form');
};

const without = (field: string) => (xml: string) =>
  xml.replace(new RegExp(`<ns1:${field}(/>|>[\\s\\S]*?</ns1:${field}>)`), '');
const withText = (field: string, text: string) => (xml: string) =>
  xml.replace(
    new RegExp(`<ns1:${field}(/>|>[\\s\\S]*?</ns1:${field}>)`),
    `<ns1:${field}>${text}</ns1:${field}>`,
  );

describe.each(DIALECTS)('a pick-up point in %s', (dialect) => {
  const [before, id] =
    dialect === 'rpc-encoded'
      ? [/(<post-buy-form-gd-address)([\s\S]*?<\/post-buy-form-gd-address>)/, 'post-buy-form-adr-id']
      : [/(<ns1:postBuyFormGdAddress)([\s\S]*?<\/ns1:postBuyFormGdAddress>)/, 'ns1:postBuyFormAdrId'];
  const point = async (text: string) => {
    const spoil = (xml: string) => {
      const changed = xml.replace(before, (whole) => whole.replace(/<\/[^>]*>$/, `<${id}>${text}</${id}>$&`));
      if (changed === xml) throw new Error('nothing was changed');
      return changed;
    };
    return spoilt(await read(document(dialect, spoil), dialect)).form;
  };

  it('has the id that labels need, which later versions of the service tell', async () => {
    const form = await point('KRA00X');
    expect(form?.pickupPoint).toMatchObject({ fullName: 'Paczkomat KRA00X', pointId: 'KRA00X' });
    expect(orderOfSale(form ?? never()).pickupPoint?.pointId).toBe('KRA00X');
  });

  it('has none where it is blank', async () => {
    expect((await point(' '))?.pickupPoint).not.toHaveProperty('pointId');
  });

  it('is kept for its id, be the address empty', async () => {
    const spoil = (xml: string) =>
      xml.replace(before, (_, open, rest) => {
        const end = rest.slice(rest.lastIndexOf('</'));
        return `${open}><${id}>KRA00X</${id}>${end}`;
      });
    const { form } = spoilt(await read(document(dialect, spoil), dialect));
    expect(form?.pickupPoint).toMatchObject({ fullName: '', pointId: 'KRA00X' });
    expect(form?.pickupPoint).not.toHaveProperty('country');
  });
});

describe('a form that lacks a field', () => {
  it.each([
    ['postBuyFormBuyerEmail', 'postBuyFormBuyerEmail'],
    ['postBuyFormBuyerId', 'postBuyFormBuyerId'],
    ['postBuyFormMsgToSeller', 'postBuyFormMsgToSeller'],
    ['postBuyFormInvoiceOption', 'postBuyFormInvoiceOption'],
    ['postBuyFormItTitle', 'postBuyFormItems[0].postBuyFormItTitle'],
    ['postBuyFormItQuantity', 'postBuyFormItems[0].postBuyFormItQuantity'],
    ['postBuyFormItDeals', 'postBuyFormItems[0].postBuyFormItDeals'],
    ['dealDate', 'postBuyFormItems[0].postBuyFormItDeals[0].dealDate'],
    ['dealWasDiscounted', 'postBuyFormItems[0].postBuyFormItDeals[0].dealWasDiscounted'],
    ['postBuyFormAdrStreet', 'postBuyFormInvoiceData.postBuyFormAdrStreet'],
    ['postBuyFormPackageId', 'postBuyFormShipmentTracking[0].postBuyFormPackageId'],
  ])('is read without %s, which it names', async (field, unread) => {
    const { form, flags } = await readSpoilt(without(field));
    expect(form?.unread).toEqual([unread]);
    expect(flags).toContain('missing-field');
  });

  it.each([
    'postBuyFormItems',
    'dealId',
    'postBuyFormPayStatus',
    'postBuyFormPayType',
    'postBuyFormDateCancel',
  ])('cannot be stored without %s: which sale it is, or where it stands', async (field) => {
    const { form, unreadable } = await readSpoilt(without(field));
    expect(form).toBeUndefined();
    expect(unreadable).toEqual([{ id: '9007199254740993', why: expect.stringContaining(field) }]);
  });

  it('cannot be told at all without its id', async () => {
    const { unreadable } = await readSpoilt(without('postBuyFormId'));
    expect(unreadable).toEqual([{ id: undefined, why: 'postBuyFormData[0].postBuyFormId: missing' }]);
  });
});

describe('an amount that cannot be read', () => {
  it.each([
    ['postBuyFormAmount', 'postBuyFormAmount'],
    ['postBuyFormPostageAmount', 'postBuyFormPostageAmount'],
    ['postBuyFormItPrice', 'postBuyFormItems[0].postBuyFormItPrice'],
    ['postBuyFormItAmount', 'postBuyFormItems[0].postBuyFormItAmount'],
    ['dealFinalPrice', 'postBuyFormItems[0].postBuyFormItDeals[0].dealFinalPrice'],
  ])('is absent, never zero: %s', async (field, unread) => {
    for (const spoil of [
      without(field),
      withText(field, 'NaN'),
      withText(field, '1,50'),
      withText(field, ''),
    ]) {
      const { form, flags } = await readSpoilt(spoil);
      expect(form?.unread).toEqual([unread]);
      expect(flags).toEqual(expect.arrayContaining(['missing-field', 'price-unknown']));
      expect(JSON.stringify(form)).not.toContain('"minor":0');
    }
  });
});

it('a delivery method and a carrier of number zero are none, and nothing that could not be read', async () => {
  const spoil = (xml: string) =>
    withText('postBuyFormOperatorId', '0')(withText('postBuyFormShipmentId', '0')(xml));
  const { form } = await readSpoilt(spoil);
  expect(form).not.toHaveProperty('deliveryMethod');
  expect(form?.parcels).toEqual([{ number: '00000000000000000001', status: 'Nadana' }]);
  expect(form).not.toHaveProperty('unread');
});

it('a field that comes twice counts as unread, whichever would be right', async () => {
  const twice = (field: string) => (xml: string) =>
    xml.replace(`<ns1:${field}>`, `<ns1:${field}/><ns1:${field}>`);
  expect((await readSpoilt(twice('postBuyFormShipmentId'))).form?.unread).toEqual(['postBuyFormShipmentId']);
  expect((await readSpoilt(twice('postBuyFormPayStatus'))).unreadable).toHaveLength(1);
});

it('a form in which everything is broken names some of it', async () => {
  const items = '<ns1:item/>'.repeat(500);
  const { form } = await readSpoilt(withText('postBuyFormShipmentTracking', items));
  expect(form?.unread).toHaveLength(20);
});

describe('broken text', () => {
  const title = (bytes: readonly number[]) => {
    const [before = '', after = ''] = document('document-literal', (xml) => xml.replace('Gęś', '@@')).split(
      '@@',
    );
    return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
  };

  it.each([
    ['bytes of another charset', [0x47, 0xea, 0xb6]],
    ['half a letter', [0x47, 0xc4]],
    ['a control character', [0x47, 0x01]],
    ['a control character by its number', [...Buffer.from('G&#x1;')]],
    ['a surrogate by its number', [...Buffer.from('G&#xD83E;')]],
    ['no character at all', [...Buffer.from('G\uFFFF')]],
  ])('%s is read as U+FFFD and flagged', async (_, bytes) => {
    const { form, flags } = spoilt(await read(title(bytes)));
    expect(form?.lines[0]?.title).toMatch(/^ {2}G\uFFFD+ & kaczka <b>"nowa"<\/b> 🦆 $/);
    expect(flags).toContain('broken-text');
    expect(flags).not.toContain('missing-field');
  });

  it('in a number is no number', async () => {
    const [before = '', after = ''] = document('document-literal', withText('postBuyFormAmount', '@@')).split(
      '@@',
    );
    const body = Buffer.concat([Buffer.from(`${before}1`), Buffer.from([0xff]), Buffer.from(`0${after}`)]);
    const { form } = spoilt(await read(body));
    expect(form).not.toHaveProperty('total');
    expect(form?.unread).toEqual(['postBuyFormAmount']);
  });

  it('may be all that a reply is, which stays unreadable', async () => {
    await expect(read(Buffer.alloc(1_000, 0xff))).rejects.toMatchObject({ reason: 'no-readable-reply' });
    await expect(read(`${document()}&#1;`)).rejects.toMatchObject({ reason: 'no-readable-reply' });
  });
});

it('a reply in another charset is not mended, for it would spoil what is stored', async () => {
  const latin2 = (letter: string) =>
    ({ ż: 0xbf, ó: 0xf3, ś: 0xb6, ę: 0xea, ń: 0xf1, Ł: 0xa3, ź: 0xbc })[letter];
  const bytes = [...document().replace(/🦆/gu, '')].flatMap((letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code < 0x80 ? [code] : [latin2(letter) ?? 0xe1];
  });
  await expect(read(Buffer.from(bytes))).rejects.toMatchObject({ reason: 'no-readable-reply' });
});

describe.each(DIALECTS)('whatever stands in a text of one form, in %s', (dialect) => {
  const places: number[] = [];
  const whole = document(dialect, (xml) =>
    xml.replace(/>[^<>]*[^<>\s][^<>]*</g, (text) => {
      places.push(places.length);
      return `>@${places.length - 1}@${text.slice(1)}`;
    }),
  );
  const bytes = fc
    .uint8Array({ minLength: 1, maxLength: 5 })
    .map((all) => all.map((b) => (b === 0x3c || b === 0x26 ? 0x01 : b)));

  it('never hides the other', async () => {
    expect(places.length).toBeGreaterThan(50);
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(...places), async (odd, place) => {
        const [before = '', after = ''] = whole.split(`@${place}@`).map((part) => part.replace(/@\d+@/g, ''));
        spoilt(await read(Buffer.concat([Buffer.from(before), odd, Buffer.from(after)]), dialect));
      }),
      { numRuns: 60 },
    );
  });
});
