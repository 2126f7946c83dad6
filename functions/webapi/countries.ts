import { DAY, HOUR, SECOND } from '../core/base/time.ts';
import { MarketplaceFault } from '../core/faults/fault.ts';
import type { ReadKey } from '../core/marketplace/driver.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door } from './caller.ts';
import { KNOWN_COUNTRIES, lettersOfName } from './country-letters.ts';
import { readCount } from './values.ts';

/** ISO 3166-1 alpha-2 letters of a country's number; undefined for an unknown number. */
export type LettersOf = (number: number) => string | undefined;

/** The letters of these numbers; zero means no country. Throws the turn's errors, and no fault. */
export type Countries = (numbers: readonly number[], options: CallOptions) => Promise<LettersOf>;

/** A door with the letters of countries, for replies with addresses. */
export interface AddressDoor extends Door {
  readonly countries: Countries;
}

/**
 * Time-out for reading the list, which is short. An order waits for the list, and a run can spare no more time
 * than this beside its calls.
 */
const TIMEOUT = 3 * SECOND;

/**
 * Countries of a marketplace, kept for all runs of the process. No source has all numbers, and reading the
 * marketplace's list would cost each process a call. So the numbers of nearly all addresses are constants,
 * and the list (doGetCountries, names in the language of the site) is read when an address has another
 * number, once a day at most. If the list cannot be read, addresses come without a country, because an order
 * must not wait for it; the list is tried again after an hour.
 */
export function createCountries(clock: () => number): (door: Door, readKey: ReadKey) => Countries {
  const known = new Map(KNOWN_COUNTRIES);
  let askAgainAt = 0;
  let asking: Promise<void> | undefined;

  const ask = async (door: Door, call: { readKey: ReadKey; options: CallOptions }): Promise<void> => {
    const listed = await readCountries(door, call);
    askAgainAt = clock() + (listed === undefined ? HOUR : DAY);
    // A constant stays, even if the site has another name for its country.
    for (const [number, letters] of listed ?? []) if (!known.has(number)) known.set(number, letters);
  };

  return (door, readKey) => async (numbers, options) => {
    const isNew = numbers.some((number) => number !== 0 && !known.has(number));
    if (isNew && clock() >= askAgainAt) {
      asking ??= ask(door, { readKey, options }).finally(() => {
        asking = undefined;
      });
      await asking;
    }
    return (number) => known.get(number);
  };
}

/** The countries that can be told by their names; undefined if there is no list. */
async function readCountries(
  door: Door,
  { readKey, options }: { readKey: ReadKey; options: CallOptions },
): Promise<[number, string][] | undefined> {
  const key = await readKey();
  if (key === undefined) return undefined;
  try {
    return await door.call(
      {
        operation: 'doGetCountries',
        request: { countryCode: String(door.settings.countryId), webapiKey: key.reveal() },
        understand: (reply) =>
          reply.all().countryArray.flatMap(({ countryId, countryName }) => {
            const letters = lettersOfName(countryName);
            return letters === undefined ? [] : [[readCount(['countryId', countryId]), letters]];
          }),
      },
      { ...options, timeoutMillis: Math.min(options.timeoutMillis, TIMEOUT) },
    );
  } catch (error) {
    if (error instanceof MarketplaceFault) return undefined;
    throw error;
  }
}
