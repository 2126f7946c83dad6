import type { ReplyOf } from '../wire/operations.ts';
import type { Sale } from '../world/goods.ts';
import type { World } from '../world/world.ts';
import { PAY_STATUS } from './form-data.ts';

type FormData = NonNullable<ReplyOf<'doGetPostBuyFormsDataForSellers'>['postBuyFormData']>[number];

/** Whether this reading is to show less than the journal has told. */
export const contradicts = ({ settings, lies }: World): boolean =>
  settings.contradicts > 0 && lies.happens(settings.contradicts);

/** The form without its goods, or as the form was before its payment or its end. */
export function staleSale(world: World, sale: Sale, data: FormData): FormData {
  const stale: FormData[] = [{ ...data, postBuyFormItems: [] }];
  const isOver = sale.cancelledAt !== undefined || sale.payment === 'rejected';
  if (isOver) stale.push({ ...data, postBuyFormPayStatus: PAY_STATUS.started, postBuyFormDateCancel: '' });
  else if (sale.payment === 'finished')
    stale.push({
      ...data,
      postBuyFormPayStatus: PAY_STATUS.started,
      postBuyFormDateRecv: '',
      postBuyFormPaymentAmount: '0',
    });
  return world.lies.pick(stale);
}
