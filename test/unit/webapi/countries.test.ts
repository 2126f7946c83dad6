import { describe, expect, it } from 'vitest';
import type { Secret } from '../../../functions/core/base/secret.ts';
import { DAY, HOUR } from '../../../functions/core/base/time.ts';
import { OwnStop } from '../../../functions/core/faults/own-stop.ts';
import type { Turn } from '../../../functions/core/marketplace/driver.ts';
import { KNOWN_COUNTRIES, lettersOfName } from '../../../functions/webapi/country-letters.ts';
import { webapiDriver } from '../../../functions/webapi/driver.ts';
import type { Transport } from '../../../functions/webapi/transport.ts';
import { countryLetters, countryNames } from '../../../infra/local/simulator/world/atlas.ts';
import { freeRun, freeTurn } from '../../support/free-turns.ts';
import { batchOf } from '../../support/reads.ts';
import { envelope, faultEnvelope, fixture, HANDLE, KEY, SOON, settingsFor } from './support.ts';

const CART = 'doGetPostBuyFormsDataForSellers__a_cart_paid_online';
const BUYERS = 'doGetPostBuyData__two_buyers_of_one_offer';
const CART_ID = '9007199254740993';
const FIELD = 'postBuyFormShipmentAddress.postBuyFormAdrCountry';

const listOf = (names: Readonly<Record<number, string>>): string => {
  const item = ([id, name]: [string, string]) =>
    `<n:item><n:countryId>${id}</n:countryId><n:countryName>${name}</n:countryName></n:item>`;
  const all = Object.entries(names).map(item).join('');
  return envelope(
    `<n:doGetCountriesResponse><n:countryArray>${all}</n:countryArray></n:doGetCountriesResponse>`,
  );
};

/** A marketplace with one cart, sent to the country of this number, and its list of countries. */
function market(number: number) {
  const world = {
    now: 0,
    list: listOf({ 71: 'Francja', 228: 'Nibylandia', 181: 'Chorwacja' }),
    key: KEY as Secret | undefined,
    turn: freeTurn as Turn,
    calls: [] as string[],
    keysRead: 0,
  };
  const cart = fixture(CART).response.replace('Country>181<', `Country>${number}<`);
  const buyers = fixture(BUYERS).response.replace('CountryId>77<', `CountryId>${number}<`);
  const transport: Transport = async ({ body }) => {
    const operation = /Do(\w+)Request/.exec(body)?.[1] ?? '';
    world.calls.push(operation);
    const answers: Record<string, string> = { GetCountries: world.list, GetPostBuyData: buyers };
    const answer = answers[operation] ?? cart;
    return { status: 200, contentType: 'text/xml; charset=utf-8', body: Buffer.from(answer) };
  };
  const driver = webapiDriver(settingsFor('http://127.0.0.1:1/service.php'), {
    transport,
    clock: () => world.now,
  });
  const open = () =>
    driver.open(
      freeRun({
        turn: (kind) => world.turn(kind),
        readKey: async () => {
          world.keysRead += 1;
          return world.key;
        },
      }),
    );
  const read = async () => (await batchOf(open().sales.read(HANDLE, [CART_ID], SOON))).sales[0];
  const lists = () => world.calls.filter((operation) => operation === 'GetCountries').length;
  return { world, open, read, lists };
}

describe('the country of an address', () => {
  it('is known without a question where sources name its number, whatever the list says', async () => {
    const { read, lists, world } = market(181);
    expect((await read())?.shipmentAddress?.country).toBe('SK');
    expect([lists(), world.keysRead]).toEqual([0, 0]);
  });

  it('is read from the list of the marketplace else, once a day', async () => {
    const { read, lists, world } = market(71);
    expect(await read()).toMatchObject({ shipmentAddress: { country: 'FR', city: 'Bratislava' } });
    expect(await read()).not.toHaveProperty('unread');
    world.now = 10 * DAY;
    await read();
    expect([lists(), world.keysRead]).toEqual([1, 1]);
  });

  it('is absent and named with its number where the list does not tell, and the list is read once a day', async () => {
    const { read, lists, world } = market(228);
    const form = await read();
    expect(form?.shipmentAddress).toMatchObject({ city: 'Bratislava' });
    expect(form?.shipmentAddress).not.toHaveProperty('country');
    expect(form).toMatchObject({ unread: [`${FIELD} (228)`], flags: ['missing-field'] });
    world.now = DAY - 1;
    await read();
    expect(lists()).toBe(1);
    world.now = DAY;
    world.list = listOf({ 228: 'Francja' });
    expect((await read())?.shipmentAddress?.country).toBe('FR');
    expect(lists()).toBe(2);
  });

  it('does not keep an order from being read where the list cannot be had, and is asked for after an hour', async () => {
    const { read, lists, world } = market(71);
    world.list = faultEnvelope('ERR_WEBAPI_NOT_AVAIL');
    expect(await read()).toMatchObject({ id: CART_ID, unread: [`${FIELD} (71)`] });
    world.list = listOf({ 71: 'Francja' });
    world.now = HOUR - 1;
    expect(await read()).toMatchObject({ unread: [`${FIELD} (71)`] });
    world.now = HOUR;
    expect((await read())?.shipmentAddress?.country).toBe('FR');
    expect(lists()).toBe(2);
  });

  it('is not asked for without a key', async () => {
    const { read, lists, world } = market(71);
    world.key = undefined;
    expect(await read()).toMatchObject({ unread: [`${FIELD} (71)`] });
    expect(lists()).toBe(0);
  });

  it('lets the run stop where no call may go out, so that the order is read whole later', async () => {
    const { read, world } = market(71);
    let turns = 0;
    world.turn = async () => {
      turns += 1;
      if (turns === 2) throw new OwnStop('calls-budget');
    };
    await expect(read()).rejects.toThrow(OwnStop);
    expect(await read()).toMatchObject({ shipmentAddress: { country: 'FR' } });
  });

  it('is read with one call for runs that need it at the same time', async () => {
    const { read, lists } = market(71);
    const sales = await Promise.all([read(), read(), read()]);
    expect(sales.map((form) => form?.shipmentAddress?.country)).toEqual(['FR', 'FR', 'FR']);
    expect(lists()).toBe(1);
  });

  it.each([
    [71, { shipmentAddress: { city: 'Berlin', country: 'FR' } }],
    [228, { unread: ['userSentToData.userCountryId (228)'] }],
  ])('of a buyer without a form is read the same way: %i', async (number, expected) => {
    const { open, lists } = market(number);
    const query = { offerIds: ['8000000001'], buyerIds: ['30000003', '30000004'] };
    const [first, second] = await open().openPurchases.buyers(HANDLE, query, SOON);
    expect(first).toMatchObject({ contactAddress: { country: 'PL' } });
    expect(first).not.toHaveProperty('unread');
    expect(second).toMatchObject(expected);
    expect(lists()).toBe(1);
  });
});

describe('the names of countries', () => {
  it.each([
    ['Wielka Brytania', 'GB'],
    ['Velká Británie', 'GB'],
    ['United Kingdom', 'GB'],
    ['Stany Zjednoczone Ameryki', 'US'],
    ['Spojené státy', 'US'],
    ['HOLANDIA', 'NL'],
    ['Cote d’Ivoire', 'CI'],
    ['Rosja', 'RU'],
    ['Serbia', 'RS'],
    ['Nibylandia', undefined],
    ['Unia Europejska', undefined],
    ['', undefined],
  ])('%s: %s', (name, letters) => {
    expect(lettersOfName(name)).toBe(letters);
  });

  it.each([1, 56])('as site %i lists them give what the simulator means', (site) => {
    for (const { id, name } of countryNames(site)) expect(lettersOfName(name), name).toBe(countryLetters(id));
  });

  it('are known of every number that is a constant', () => {
    for (const [number, letters] of KNOWN_COUNTRIES) expect(countryLetters(number)).toBe(letters);
  });

  it('are those of 249 countries, each of one only', () => {
    const names = new Map<string, string>();
    for (const language of ['pl', 'cs']) {
      const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
      for (let pair = 0; pair < 26 * 26; pair += 1) {
        const code = String.fromCharCode(65 + Math.floor(pair / 26), 65 + (pair % 26));
        const letters = lettersOfName(display.of(code) ?? '');
        if (letters !== undefined) names.set(letters, language);
      }
    }
    expect(names.size).toBe(249);
  });
});
