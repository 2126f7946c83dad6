import type { Address, OfferBuyer } from '../core/marketplace/sales.ts';
import type { LettersOf } from './countries.ts';
import type { ReadPart } from './schema.ts';
import type { STRUCTS } from './structs.ts';

export type WireOffer = ReadPart<(typeof STRUCTS)['ItemPostBuyDataStruct']>;

/** The fields that the contact and the delivery address share. */
type Person = ReadPart<(typeof STRUCTS)['UserSentToDataStruct']>;

/** The numbers of the countries in the addresses of an offer's buyers. */
export const countriesOfBuyers = ({ usersPostBuyData = [] }: WireOffer): number[] =>
  usersPostBuyData.flatMap(({ userData, userSentToData }) => [numberOf(userData), numberOf(userSentToData)]);

/** The buyers of an offer that can be read; a broken one does not hide the others. */
export const toOfferBuyers = (
  { itemId, usersPostBuyData = [] }: WireOffer,
  lettersOf: LettersOf,
): OfferBuyer[] =>
  usersPostBuyData.flatMap(({ userData, userSentToData }) => {
    if (itemId === undefined || userData?.userId === undefined) return [];
    const { userId, userLogin = '', userEmail = '', userPhone = '' } = userData;
    const unread = [
      ...unknownCountry(userData, { at: 'userData', lettersOf }),
      ...unknownCountry(userSentToData, { at: 'userSentToData', lettersOf }),
    ];
    return {
      offerId: itemId,
      buyer: { id: userId, login: userLogin, email: userEmail },
      contactAddress: toAddress(userData, { phone: userPhone, lettersOf }),
      shipmentAddress: userSentToData && toAddress(userSentToData, { phone: '', lettersOf }),
      ...(unread.length > 0 && { unread }),
    };
  });

const numberOf = (person: Person | undefined): number => Number(person?.userCountryId ?? 0);

function unknownCountry(
  person: Person | undefined,
  { at, lettersOf }: { at: string; lettersOf: LettersOf },
): string[] {
  const number = numberOf(person);
  return number === 0 || lettersOf(number) !== undefined ? [] : [`${at}.userCountryId (${number})`];
}

/** An address; undefined if it was not filled in, which the service shows as country zero without text. */
function toAddress(
  person: Person,
  { phone, lettersOf }: { phone: string; lettersOf: LettersOf },
): Address | undefined {
  const country = lettersOf(numberOf(person));
  const texts = {
    fullName: [person.userFirstName, person.userLastName].filter(Boolean).join(' '),
    company: person.userCompany ?? '',
    street: person.userAddress ?? '',
    postcode: person.userPostcode ?? '',
    city: person.userCity ?? '',
    phone,
    taxId: '',
  };
  const isUsed = numberOf(person) !== 0 || Object.values(texts).some((text) => text.trim() !== '');
  return isUsed ? { ...texts, ...(country !== undefined && { country }) } : undefined;
}
