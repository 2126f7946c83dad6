import type { Address, OfferBuyer } from '../core/marketplace/sales.ts';
import { usedAddress } from './forms.ts';
import type { ReadPart } from './schema.ts';
import type { STRUCTS } from './structs.ts';
import { readCount } from './values.ts';

type Offer = ReadPart<(typeof STRUCTS)['ItemPostBuyDataStruct']>;

/** The fields that the contact and the delivery address share. */
type Person = ReadPart<(typeof STRUCTS)['UserSentToDataStruct']>;

/** The buyers of an offer, as far as they can be read: one that is broken does not hide the others. */
export const toOfferBuyers = ({ itemId, usersPostBuyData = [] }: Offer): OfferBuyer[] =>
  usersPostBuyData.flatMap(({ userData, userSentToData }) => {
    if (itemId === undefined || userData?.userId === undefined) return [];
    const { userId, userLogin = '', userEmail = '', userPhone = '' } = userData;
    return {
      offerId: itemId,
      buyer: { id: userId, login: userLogin, email: userEmail },
      contactAddress: toAddress(userData, userPhone),
      shipmentAddress: userSentToData && toAddress(userSentToData, ''),
    };
  });

const toAddress = (person: Person, phone: string): Address | undefined =>
  usedAddress({
    fullName: [person.userFirstName, person.userLastName].filter(Boolean).join(' '),
    company: person.userCompany ?? '',
    street: person.userAddress ?? '',
    postcode: person.userPostcode ?? '',
    city: person.userCity ?? '',
    countryId: readCount(['userCountryId', person.userCountryId ?? '0']),
    phone,
    taxId: '',
  });
