import { isOfTheCall } from '../access/aside.ts';
import type { OpenSession, SessionCall } from '../access/session.ts';
import type { OfferTrouble } from '../account/sync-facts.ts';
import type { BilingualText } from '../base/text.ts';
import { DAY, type EpochMillis, HOUR, plus } from '../base/time.ts';
import { type FaultReason, type MarketplaceFault, meaningOf } from '../faults/fault.ts';

/** Pause after trouble that only offers have; an hour for reasons not named here. Orders go on meanwhile. */
const PUT_OFF: Partial<Record<FaultReason, number>> = {
  'feature-unknown': DAY,
  'country-not-allowed': DAY,
  'account-blocked': DAY,
};

/** Trouble with offers that must not stop orders, and is put off. */
export class OffersPutOff extends Error {
  override readonly name = 'OffersPutOff';
  readonly fault: MarketplaceFault;

  constructor(fault: MarketplaceFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * Asks for offers. Throws OffersPutOff for trouble of this very call, and MarketplaceFault for trouble of the
 * session, a login, a lock, the key, the address or our own limits.
 */
export const askFor = <T>(session: OpenSession, operation: SessionCall<T>): Promise<T> =>
  session.call(async (handle, options) => {
    try {
      return await operation(handle, options);
    } catch (error) {
      const putOff = isOfTheCall(error) && meaningOf(error.reason).scope === 'account';
      throw putOff ? new OffersPutOff(error) : error;
    }
  });

export const troubleOf = ({ fault }: OffersPutOff, atMillis: EpochMillis): OfferTrouble => ({
  reason: fault.reason,
  operation: fault.operation,
  ...(fault.code !== undefined && { code: fault.code }),
  atMillis,
});

/** Time of the next try. */
export const againAt = ({ reason, atMillis }: OfferTrouble): EpochMillis =>
  plus(atMillis, PUT_OFF[reason] ?? HOUR);

/** Whether the marketplace lacks the feature for this account, rather than failing for the moment. */
const isLacking = ({ reason }: OfferTrouble): boolean => PUT_OFF[reason] === DAY;

/** The meaning of trouble, for readers of offers. */
export function troubleText(part: 'journal' | 'listing', trouble: OfferTrouble): BilingualText {
  return TEXTS[part][isLacking(trouble) ? 'gone' : 'passing'];
}

const TEXTS = {
  journal: {
    gone: {
      pl: 'Serwis nie udostępnia temu kontu dziennika ofert. Raz na dobę porównujemy oferty z listami serwisu; możesz też zlecić sprawdzenie teraz.',
      en: 'The marketplace gives this account no journal of offers. Offers are compared with its lists once a day; you can also ask for a check now.',
    },
    passing: {
      pl: 'Dziennika ofert nie udało się odczytać. Spróbujemy ponownie sami; nie ma to wpływu na zamówienia.',
      en: 'The journal of offers could not be read. We try again by ourselves; orders are not affected.',
    },
  },
  listing: {
    gone: {
      pl: 'Serwis nie udostępnia temu kontu listy ofert. Pokazujemy oferty w stanie, w jakim widzieliśmy je ostatnio; spróbujemy ponownie za dobę.',
      en: 'The marketplace gives this account no list of offers. Offers are shown as they were last read; we try again in a day.',
    },
    passing: {
      pl: 'Listy ofert nie udało się odczytać. Spróbujemy ponownie sami; nie ma to wpływu na zamówienia.',
      en: 'The list of offers could not be read. We try again by ourselves; orders are not affected.',
    },
  },
} as const satisfies Record<'journal' | 'listing', Record<'gone' | 'passing', BilingualText>>;
