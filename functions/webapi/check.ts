import type { OperationName } from './operations.ts';
import { OPERATIONS } from './operations.ts';
import { type Fields, fieldType, isScalar, type Scalar } from './schema.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { isXmlText } from './xml.ts';

/** Limits of a request that are settings of the marketplace. */
export interface RequestLimits {
  readonly passwordMaxLength: number;
  readonly saleBatchSize: number;
}

const MAX_LOGIN = 16;
const MAX_PARCELS = 20;
const MAX_RESULT_SIZE = 1000;
const MAX_QUANTITY = 999;
const EMAIL = /^[^\s@]+@[^\s@]+$/;

/** Whether the login operations accept a login name. */
export const isLogin = (login: string): boolean => [...login].length <= MAX_LOGIN || EMAIL.test(login);
export const LOGIN_LIMIT = `at most ${MAX_LOGIN} characters, or an e-mail address`;

/**
 * The fault of a request's values, naming field and limit but never the value; undefined if there is none.
 * Types, sizes of batches and ranges are those of the WSDL and the documentation.
 */
export function complaintAboutRequest(
  operation: OperationName,
  request: Readonly<Record<string, unknown>>,
  limits: RequestLimits,
): string | undefined {
  const fields = OPERATIONS[operation].request;
  return stranger(fields, request) ?? firstComplaint(fields, request) ?? beyondLimits(request, limits);
}

type Values = Readonly<Record<string, unknown>>;

const stranger = (fields: Fields, values: Values): string | undefined => {
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(fields, name));
  return unknown === undefined ? undefined : `${unknown}: not a field of this operation`;
};

function firstComplaint(fields: Fields, values: Values): string | undefined {
  for (const [name, word] of Object.entries(fields)) {
    const complaint = aboutField(word, values[name]);
    if (complaint !== undefined) return `${name}${complaint.startsWith('[') ? '' : ': '}${complaint}`;
  }
  return undefined;
}

function aboutField(word: string, value: unknown): string | undefined {
  const { base, list, optional } = fieldType(word);
  if (value === undefined) return optional ? undefined : 'required';
  if (!list) return aboutValue(base, value);
  if (!Array.isArray(value)) return 'not a list';
  for (const [index, item] of value.entries()) {
    const complaint = aboutValue(base, item);
    if (complaint !== undefined) return `[${index}]: ${complaint}`;
  }
  return undefined;
}

function aboutValue(base: string, value: unknown): string | undefined {
  if (isScalar(base)) return typeof value === 'string' ? SCALARS[base](value) : 'not given as text';
  if (typeof value !== 'object' || value === null) return 'not a structure';
  const fields = STRUCTS[base as StructName];
  return stranger(fields, value as Values) ?? firstComplaint(fields, value as Values);
}

function integer(bits: bigint): (text: string) => string | undefined {
  const bound = 2n ** (bits - 1n);
  return (text) => {
    const value = /^-?\d{1,19}$/.test(text) ? BigInt(text) : bound;
    return value >= -bound && value < bound ? undefined : `not a whole number of ${bits} bits`;
  };
}

const SCALARS: Record<Scalar, (text: string) => string | undefined> = {
  string: (text) => (isXmlText(text) ? undefined : 'has a character that XML cannot carry'),
  long: integer(64n),
  int: integer(32n),
  float: (text) => (/^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? undefined : 'not a decimal number'),
  boolean: (text) => (/^(true|false|[01])$/.test(text) ? undefined : 'neither true nor false'),
  dateTime: (text) => (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)?$/.test(text) ? undefined : 'not a time'),
};

type Rule = (value: unknown, limits: RequestLimits) => string | undefined;

const given: Rule = (value) => (value === '' ? 'required' : undefined);
const country: Rule = (value) => (Number(value) < 1 ? 'a whole number above 0' : undefined);
const batch: Rule = (value, { saleBatchSize }) => atMost(saleBatchSize, value);
const atMost = (limit: number, value: unknown) =>
  Array.isArray(value) && value.length > limit ? `at most ${limit} of them` : undefined;
const between =
  (least: number, most: number): Rule =>
  (value) =>
    Number(value) < least || Number(value) > most ? `from ${least} to ${most}` : undefined;

/** Rules by field, for all operations, because a name means the same everywhere. */
const RULES: Readonly<Record<string, Rule>> = {
  userLogin: (value, limits) => given(value, limits) ?? (isLogin(String(value)) ? undefined : LOGIN_LIMIT),
  userPassword: (value, limits) =>
    given(value, limits) ??
    ([...String(value)].length > limits.passwordMaxLength
      ? `at most ${limits.passwordMaxLength} characters`
      : undefined),
  userHashPassword: (value) =>
    /^[A-Za-z0-9+/]{43}=$/.test(String(value)) ? undefined : 'not the Base64 of 32 bytes',
  accessToken: given,
  webapiKey: given,
  sessionId: given,
  sessionHandle: given,
  countryId: country,
  countryCode: country,
  transactionsIdsArray: batch,
  itemsIdArray: batch,
  itemsArray: batch,
  itemIds: batch,
  finishItemsList: batch,
  packageInfo: (value) => atMost(MAX_PARCELS, value),
  resultSize: between(1, MAX_RESULT_SIZE),
  newItemQuantity: between(1, MAX_QUANTITY),
};

function beyondLimits(request: Values, limits: RequestLimits): string | undefined {
  for (const [name, value] of Object.entries(request)) {
    const complaint = value === undefined ? undefined : RULES[name]?.(value, limits);
    if (complaint !== undefined) return `${name}: ${complaint}`;
  }
  return undefined;
}
