import { LEFT_OUT } from '../wire/encode.ts';
import type { ReplyOf } from '../wire/operations.ts';
import { NOT_UTF8 } from '../wire/xml.ts';
import type { Spoil } from '../world/goods.ts';

type FormData = NonNullable<ReplyOf<'doGetPostBuyFormsDataForSellers'>['postBuyFormData']>[number];
type Item = NonNullable<FormData['postBuyFormItems']>[number];

const LONG_TITLE = 10_000;

/** The form as a service with bad data would show it. */
export function spoiled(data: FormData, { kind, element }: Spoil): FormData {
  if (kind === 'impossible-date') return { ...data, postBuyFormDateInit: '2026-02-30 25:61:00' };
  if (kind === 'refused') return data;
  if (kind === 'missing-element') return without(data, element ?? 'postBuyFormBuyerEmail');
  const items = data.postBuyFormItems?.map((item) => spoiledItem(item, kind));
  return { ...data, ...(items !== undefined && { postBuyFormItems: items }) };
}

function spoiledItem(item: Item, kind: 'negative-price' | 'long-title' | 'broken-utf8'): Item {
  const title = item.postBuyFormItTitle;
  if (kind === 'long-title') return { ...item, postBuyFormItTitle: title.padEnd(LONG_TITLE, 'ż') };
  if (kind === 'broken-utf8') return { ...item, postBuyFormItTitle: `${title}${NOT_UTF8}` };
  const purchases = item.postBuyFormItDeals?.map((purchase) => ({
    ...purchase,
    dealFinalPrice: `-${purchase.dealFinalPrice}`,
  }));
  const price = { postBuyFormItPrice: `-${item.postBuyFormItPrice}` };
  return { ...item, ...price, ...(purchases !== undefined && { postBuyFormItDeals: purchases }) };
}

/** The data without the element of this name, at whatever depth the element stands. */
function without<T extends object>(data: T, element: string): T {
  const entries = Object.entries(data).map(([name, value]: [string, unknown]) => {
    if (name === element) return [name, LEFT_OUT];
    if (Array.isArray(value)) {
      return [name, value.map((item) => (isStruct(item) ? without(item, element) : item))];
    }
    return [name, isStruct(value) ? without(value, element) : value];
  });
  return Object.fromEntries(entries) as T;
}

const isStruct = (value: unknown): value is object => typeof value === 'object' && value !== null;
