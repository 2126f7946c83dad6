import { type Field, fieldsOf } from './notation.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

const MISSING_OPERATIONS: readonly OperationName[] = ['doGetPostBuyFormsIds'];
const MISSING_FIELDS: readonly string[] = ['buyerFilterArray', 'dealVariant', 'itIsFulfillmentTimeActive'];

/** Whether the published RPC description has the operation; a few are only in the document/literal one. */
export const hasOperation = (name: OperationName): boolean => !MISSING_OPERATIONS.includes(name);
export const hasField = (name: string): boolean => !MISSING_FIELDS.includes(name);

export const RPC_OPERATIONS = (Object.keys(OPERATIONS) as OperationName[]).filter(hasOperation);

/** The fields of a row that exist in the RPC dialect. */
export const rpcFields = (row: readonly string[]): readonly Field[] =>
  fieldsOf(row).filter(({ name }) => hasField(name));

const spelled = new Map<string, string>();

/** The RPC spelling of a name: `postBuyFormItId` becomes `post-buy-form-it-id`. */
export function hyphenated(name: string): string {
  const known = spelled.get(name) ?? name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
  spelled.set(name, known);
  return known;
}
