import { OFFERS } from '../contract/offers.ts';
import { offerApi } from '../entry/api/offers.ts';
import { httpHandler } from '../entry/http.ts';

export const handler = httpHandler(OFFERS, offerApi());
