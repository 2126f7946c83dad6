import { offerApi } from '../entry/api/offers.ts';
import { httpHandler } from '../entry/http.ts';

const api = offerApi();

export const handler = httpHandler({
  'GET /accounts/{accountId}/offers': api.list,
  'GET /accounts/{accountId}/offers/{offerId}': api.show,
});
