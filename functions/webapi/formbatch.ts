import type { Secret } from '../core/base/secret.ts';
import type { Sale, SaleRead } from '../core/marketplace/sales.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { ReplyView } from './caller.ts';
import type { AddressDoor } from './countries.ts';
import { type Decoder, within } from './decode.ts';
import { countriesIn, LATER_ADDRESS_FIELDS, LATER_FORM_FIELDS, toForm, type WireForm } from './forms.ts';
import { checkBatch, isId } from './limits.ts';
import { revealFor } from './sales.ts';
import { STRUCTS } from './structs.ts';
import { WireError, type XmlElement } from './xml.ts';

/** The reply to a batch of ids. A form that cannot be read never hides the others. */
export interface SaleBatch {
  readonly sales: readonly Sale[];
  /**
   * Forms that came but could not be read: name of the field, never its value. The id itself may be broken.
   */
  readonly unreadable: readonly { readonly id: string | undefined; readonly why: string }[];
}

/**
 * Forms by id (doGetPostBuyFormsDataForSellers), each once, even if asked for twice. A text that cannot be an
 * id of a form is not asked for.
 */
async function sales(
  door: AddressDoor,
  { handle, ids }: { handle: Secret; ids: readonly string[] },
  options: CallOptions,
): Promise<SaleBatch> {
  const operation = 'doGetPostBuyFormsDataForSellers';
  const sessionId = revealFor(operation, handle);
  const unique = [...new Set(ids)].filter(isId);
  checkBatch(operation, { field: 'ids', size: unique.length, limit: door.settings.saleBatchSize });
  if (unique.length === 0) return { sales: [], unreadable: [] };
  const decoded = await door.call(
    {
      operation,
      request: { sessionId, transactionsIdsArray: unique },
      understand: decodedForms,
    },
    options,
  );
  const numbers = decoded.flatMap((one) => ('wire' in one ? countriesIn(one.wire) : []));
  const lettersOf = await door.countries(numbers, options);
  return toBatch(decoded, (wire, complaints) =>
    toForm(wire, { settings: door.settings, lettersOf }, complaints),
  );
}

/** The results for these ids. A form without a readable id may be any of the missing ones. */
export async function readForms(
  door: AddressDoor,
  query: { handle: Secret; ids: readonly string[] },
  options: CallOptions,
): Promise<SaleRead[]> {
  return salesIn(await sales(door, query, options), query.ids);
}

export function salesIn(batch: SaleBatch, ids: readonly string[]): SaleRead[] {
  const sales = new Map(batch.sales.map((form) => [form.id, form]));
  const unreadable = new Map(batch.unreadable.map(({ id, why }) => [id, why]));
  const nameless = unreadable.get(undefined);
  return [...new Set(ids)].map((id) => {
    const sale = sales.get(id);
    if (sale !== undefined) return { id, sale };
    const why = unreadable.get(id);
    if (why !== undefined) return { id, unreadable: why };
    return { id, absent: true, ...(nameless !== undefined && { why: nameless }) };
  });
}

/** A form as far as its fields could be decoded; of a broken one the id may be unreadable too. */
type Decoded =
  | { readonly at: string; readonly wire: WireForm; readonly complaints: readonly WireError[] }
  | { readonly id: string | undefined; readonly why: string };

function decodedForms({ items, decoder }: ReplyView<'doGetPostBuyFormsDataForSellers'>): Decoded[] {
  return items('postBuyFormData').map((element, index) => {
    const at = `postBuyFormData[${index}]`;
    try {
      return { at, ...within(at, () => decodedForm(element, decoder)) };
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      return { id: formIdOf(element, decoder), why: error.message };
    }
  });
}

function decodedForm(element: XmlElement, decoder: Decoder) {
  const complaints: WireError[] = [];
  const wire = decoder.part(STRUCTS.PostBuyFormDataStruct, element, (complaint) => {
    complaints.push(complaint);
  });
  // A surcharge has an empty list; a form without the list has lost its goods on the way.
  if (decoder.child('postBuyFormItems', element) === undefined)
    throw new WireError('missing', 'postBuyFormItems');
  const later = decoder.part(LATER_FORM_FIELDS, element, () => undefined);
  return { wire: { ...wire, ...later, ...pointIdOf(element, decoder) }, complaints };
}

function toBatch(
  decoded: readonly Decoded[],
  translate: (wire: WireForm, complaints: readonly WireError[]) => Sale,
): SaleBatch {
  const readable = new Map<string, Sale>();
  const unreadable: SaleBatch['unreadable'][number][] = [];
  for (const one of decoded) {
    if ('why' in one) {
      unreadable.push(one);
      continue;
    }
    try {
      const form = within(one.at, () => translate(one.wire, one.complaints));
      readable.set(form.id, form);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      unreadable.push({ id: one.wire.postBuyFormId, why: error.message });
    }
  }
  return { sales: [...readable.values()], unreadable };
}

function pointIdOf(form: XmlElement, decoder: Decoder): { pointId?: string } {
  const point = decoder.child('postBuyFormGdAddress', form);
  const { postBuyFormAdrId } = point ? decoder.part(LATER_ADDRESS_FIELDS, point, () => undefined) : {};
  return postBuyFormAdrId?.trim() ? { pointId: postBuyFormAdrId } : {};
}

const ID_ONLY = { postBuyFormId: 'long' } as const;

function formIdOf(element: XmlElement, decoder: Decoder): string | undefined {
  try {
    return decoder.fields(ID_ONLY, element).postBuyFormId;
  } catch {
    return undefined;
  }
}
