import type { ReplyOf } from '../wire/operations.ts';
import type { Form } from '../world/goods.ts';
import type { World } from '../world/world.ts';
import { PAY_STATUS } from './form-data.ts';

type FormData = NonNullable<ReplyOf<'doGetPostBuyFormsDataForSellers'>['postBuyFormData']>[number];

/** Whether this reading is to show less than the journal has told. */
export const contradicts = ({ settings, lies }: World): boolean =>
  settings.contradicts > 0 && lies.happens(settings.contradicts);

/** The form without its goods, or as the form was before its payment or its end. */
export function staleForm(world: World, form: Form, data: FormData): FormData {
  const stale: FormData[] = [{ ...data, postBuyFormItems: [] }];
  const isOver = form.cancelledAt !== undefined || form.payment === 'rejected';
  if (isOver) stale.push({ ...data, postBuyFormPayStatus: PAY_STATUS.started, postBuyFormDateCancel: '' });
  else if (form.payment === 'finished')
    stale.push({
      ...data,
      postBuyFormPayStatus: PAY_STATUS.started,
      postBuyFormDateRecv: '',
      postBuyFormPaymentAmount: '0',
    });
  return world.lies.pick(stale);
}
