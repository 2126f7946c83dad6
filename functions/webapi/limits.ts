import { MarketplaceFault } from '../core/faults/fault.ts';
import { isLogin, LOGIN_LIMIT } from './check.ts';
import type { OperationName } from './operations.ts';
import type { WebapiSettings } from './presets.ts';
import type { WebapiCredentials } from './versionkeys.ts';
import { isXmlText } from './xml.ts';

/** Refuses a value before anything is sent, without quoting it. */
function refuse(operation: OperationName, text: string): never {
  throw new MarketplaceFault({ reason: 'bad-input', outcome: 'not-sent', operation, text });
}

const MAX_INT64 = 2n ** 63n - 1n;

/** Checks credentials. Throws MarketplaceFault `bad-input` for credentials that cannot be sent. */
export function checkCredentials(
  credentials: WebapiCredentials,
  { operation, settings }: { operation: OperationName; settings: WebapiSettings },
): void {
  const { login } = credentials;
  const password = credentials.applicationPassword.reveal();
  checkCountry(operation, settings);
  checkText(operation, { login, webapiKey: credentials.webapiKey.reveal(), applicationPassword: password });
  if (!isLogin(login)) refuse(operation, `login: ${LOGIN_LIMIT}`);
  if ([...password].length > settings.passwordMaxLength) {
    refuse(operation, `applicationPassword: at most ${settings.passwordMaxLength} characters`);
  }
}

/** Throws MarketplaceFault `bad-input` for text that is empty or that XML cannot carry, naming the field. */
export function checkText(operation: OperationName, fields: Readonly<Record<string, string>>): void {
  for (const [field, text] of Object.entries(fields)) {
    if (text === '') refuse(operation, `${field}: required`);
    if (!isXmlText(text)) refuse(operation, `${field}: has a character that XML cannot carry`);
  }
}

export function checkCountry(operation: OperationName, { countryId }: WebapiSettings): void {
  if (!Number.isInteger(countryId) || countryId < 1) refuse(operation, 'countryId: a whole number above 0');
}

/** Throws MarketplaceFault `bad-input` for ids that are not decimal, positive and of 64 bits at most. */
export function checkIds(
  operation: OperationName,
  fields: Readonly<Record<string, string | readonly string[]>>,
): void {
  for (const [field, ids] of Object.entries(fields)) {
    if ([ids].flat().some((id) => !isId(id)))
      refuse(operation, `${field}: not a decimal id of up to 64 bits`);
  }
}

export const isId = (id: string) => /^[1-9]\d{0,18}$/.test(id) && BigInt(id) <= MAX_INT64;

/** Checks a position of a journal: an id, or zero for its beginning. */
export function checkCursor(operation: OperationName, after: string | undefined): void {
  if (after !== undefined && after !== '0') checkIds(operation, { after });
}

export function checkBatch(
  operation: OperationName,
  { field, size, limit }: { field: string; size: number; limit: number },
): void {
  if (size > limit) refuse(operation, `${field}: at most ${limit} ids`);
}
