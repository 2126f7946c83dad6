import type { OperationName } from './operations.ts';

export type DialectId = 'document-literal' | 'rpc-encoded';

/** The name of the country's field at login, which Aukro's own later service renamed. */
export type CountryParameter = 'countryCode' | 'countryId';

/** The spelling of a dialect of the WebAPI for the names in the table of operations. */
export interface Dialect {
  readonly id: DialectId;
  readonly requestElement: (operation: string) => string;
  readonly responseElement: (operation: string) => string;
  readonly soapAction: (operation: string) => string;
  /** The spelling of a field's name, given in camelCase. */
  readonly field: (name: string) => string;
  /** The spelling of the name of a field directly in a request. */
  readonly requestField: (operation: string, name: string) => string;
  /** Whether the dialect has no operation or field of that name. */
  readonly lacks: (name: string) => boolean;
}

/** The dialect of `service.php`: camelCase, a capital letter at the request element only, wrapped lists. */
export const DOCUMENT_LITERAL: Dialect = {
  id: 'document-literal',
  requestElement: (operation) => `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Request`,
  responseElement: (operation) => `${operation}Response`,
  soapAction: (operation) => `#${operation}`,
  field: (name) => name,
  requestField: (_, name) => name,
  lacks: () => false,
};

/** Names that only document/literal has; all others in the table exist in both dialects. */
const LITERAL_ONLY = ['doGetPostBuyFormsIds', 'buyerFilterArray', 'dealVariant', 'itIsFulfillmentTimeActive'];

const hyphenated = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The dialect of `uploader.php`: hyphens, a type on every value, SOAP arrays. */
export const RPC_ENCODED: Dialect = {
  id: 'rpc-encoded',
  requestElement: (operation) => operation,
  responseElement: (operation) => `${operation}Response`,
  soapAction: (operation) => `#${operation.toLowerCase()}`,
  field: hyphenated,
  requestField: (_, name) => hyphenated(name),
  lacks: (name) => LITERAL_ONLY.includes(name),
};

const DIALECTS = { 'document-literal': DOCUMENT_LITERAL, 'rpc-encoded': RPC_ENCODED };

const LOGINS: readonly OperationName[] = ['doLogin', 'doLoginEnc', 'doLoginWithAccessToken'];

/** The dialect of a marketplace, with its own name for the country at login. */
export function dialectOf(settings: { dialect: DialectId; countryParameter: CountryParameter }): Dialect {
  const dialect = DIALECTS[settings.dialect];
  if (settings.countryParameter === 'countryCode') return dialect;
  const renames = (operation: string, name: string) =>
    name === 'countryCode' && (LOGINS as readonly string[]).includes(operation);
  return {
    ...dialect,
    requestField: (operation, name) =>
      dialect.requestField(operation, renames(operation, name) ? settings.countryParameter : name),
  };
}
