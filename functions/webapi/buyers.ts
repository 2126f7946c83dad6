import type { Address, OfferBuyer } from '../core/marketplace.ts';
import { usedAddress } from './forms.ts';
import type { Response } from './operations.ts';
import { readCount } from './values.ts';

type Offer = Response<'doGetPostBuyData'>['itemsPostBuyData'][number];
type User = Offer['usersPostBuyData'][number];

/** The fields that the contact and the delivery address share. */
type Person = NonNullable<User['userSentToData']>;

export const toOfferBuyers = (offer: Offer): OfferBuyer[] =>
  offer.usersPostBuyData.map(({ userData, userSentToData }) => ({
    offerId: offer.itemId,
    buyer: { id: userData.userId, login: userData.userLogin, email: userData.userEmail },
    contactAddress: toAddress(userData, userData.userPhone ?? ''),
    shipmentAddress: userSentToData && toAddress(userSentToData, ''),
  }));

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
