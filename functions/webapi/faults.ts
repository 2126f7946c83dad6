import type { FaultReason } from '../core/faults/fault.ts';
import type { OperationName } from './operations.ts';
import { isDelicate, type Proof, proofOf } from './traits.ts';

type Codes = Readonly<Record<string, FaultReason>>;

/** Codes that mean the same wherever they come from. */
const ANYWHERE: Codes = {
  ERR_NO_DATABASE: 'marketplace-unavailable',
  ERR_WEBAPI_NOT_AVAIL: 'marketplace-unavailable',
  ERR_SM_MIGRATION_IN_PROGRESS: 'account-migrating',
  ERR_WEBAPI_KEY: 'key-refused',
  ERR_WEBAPI_KEY_INACTIVE: 'key-inactive',
  ERR_WEBAPI_EXPIRED: 'key-expired',
  ERR_MINUTE_LIMIT_EXCEEDED: 'key-rate-limited',
  ERR_IP_LIMIT_EXCEEDED: 'address-blocked',
  ERR_INPUT_COUNTRY_ERROR: 'country-refused',
  ERR_UNKNOWN_FEATURE: 'feature-unknown',
};

/**
 * Codes of a service in trouble, where no password was judged. A login that is answered so waits for a person:
 * nobody knows whether the marketplace counted it.
 */
const OF_READINGS: Codes = {
  // Reported for minutes to days, for everything or for one offer only.
  ERR_INTERNAL_SYSTEM_ERROR: 'marketplace-unavailable',
};

/** Codes about a user, which mean the same at login and later. */
const OF_A_USER: Codes = {
  ERR_CAPTCHA_REQUIRED: 'account-locked',
  ERR_AUTHORIZATION_ERROR: 'account-closed',
  ERR_LICENCE_EXPIRED_OR_CLOSED: 'key-licence',
  ERR_JUNIOR_CANT_LOGIN_IN_THIS_COUNTRY: 'country-not-allowed',
};

/** Refusals to change or end an offer. */
const OF_AN_OFFER: Codes = {
  ERR_INVALID_QUANTITY: 'business',
  ERR_BID_DURING_CHANGES: 'business',
  ERR_END_DURING_CHANGES: 'business',
  ERR_BLOCK_SELL_SELL: 'business',
  ERR_JUNIOR_LIMIT_EXCEEDED: 'business',
  ERR_CHANGING_QUANTITY_FOR_MULTI_OFFER_DISABLED: 'business',
  ERR_MULTI_ITEM_AND_BUYNOW_AND_STARTING: 'business',
  ERR_MULTI_ITEMS_NOT_ALLOWED_IN_THIS_CATEGORY: 'business',
  ERR_MULTI_ITEMS_RELISTING_NOT_ALLOWED: 'business',
  ERR_BUY_NOW_LESS_THAN_RESERVE_PRICE: 'business',
  ERR_BUY_NOW_LESS_THAN_STARTING_PRICE: 'business',
  ERR_INVALID_BUY_NOW_PRICE: 'business',
  ERR_INVALID_RESERVE_PRICE: 'business',
  ERR_INVALID_STARTING_PRICE: 'business',
  ERR_GIVE_CANCEL_BIDS_REASON: 'bad-input',
  // An earlier change is still waiting to be carried out.
  ERR_YOU_CANT_CHANGE_ITEM: 'marketplace-unavailable',
};

/**
 * The meaning of a code depends on what the operation proved itself with: only an operation that sent a
 * password can have it refused, only one that sent a session handle can have it ended.
 */
const BY_PROOF: Readonly<Record<Proof, Codes>> = {
  key: { ...ANYWHERE, ...OF_READINGS },
  login: {
    ...ANYWHERE,
    ...OF_A_USER,
    ERR_USER_PASSWD: 'password-refused',
    ERR_PASSWORD_TOO_EASY: 'password-too-weak',
    // Documented for both trouble of the authorisation system and an ended contract.
    ERR_NO_SESSION: 'login-service-trouble',
    ERR_INVALID_VERSION_CAT_SELL_FIELDS: 'preparation-stale',
  },
  session: {
    ...ANYWHERE,
    ...OF_READINGS,
    ...OF_A_USER,
    ERR_NO_SESSION: 'session-ended',
    ERR_SESSION_EXPIRED: 'session-ended',
    ERR_BLOCKED_USER_CANT_INVOKE_METHOD: 'account-blocked',
    ERR_METHOD_UNAVAILABLE_IN_FOREIGN_COUNTRY: 'country-not-allowed',
    ERR_NEW_PAYMENT_INTERNAL_ERROR: 'marketplace-unavailable',
    ERR_INPUT_ARRAY_EMPTY: 'bad-input',
    ERR_ITEMS_ARRAY_OVERSIZED: 'bad-input',
    ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR: 'bad-input',
    ERR_INCORRECT_JOURNAL_START: 'bad-input',
    ERR_INCORRECT_BUYER_ID: 'bad-input',
    ERR_INVALID_ITEM_ID: 'business',
    ERR_INCORRECT_ITEM_ID: 'business',
    ERR_YOU_NOT_SOLD_THIS_ITEM: 'business',
    ERR_INCORRECT_TRANSACTION_ID: 'business',
    ERR_INVALID_USER_TYPE: 'bad-input',
    ERR_INCORRECT_USER_ROLE: 'bad-input',
    ERR_INCORRECT_PAYMENT_TYPE: 'bad-input',
    ...OF_AN_OFFER,
  },
};

/** Fault codes of SOAP itself. */
const OF_SOAP = 'Client Server Sender Receiver VersionMismatch MustUnderstand DataEncodingUnknown'.split(' ');

/** Whether the code is one of ours to the letter, so that it can hold nothing else. */
export const isKnownCode = (operation: OperationName, code = ''): boolean =>
  Object.hasOwn(BY_PROOF[proofOf(operation)], code) || OF_SOAP.includes(code);

/** A family of codes, one for each field of an offer. */
const FROZEN_BY_BIDS = /^ERR_CANT_CHANGE_\w+_AFTER_BID$/;

/** What stands in front of the service says so when the service is down; its code blames the caller. */
const OUTAGE_IN_FRONT = { codes: new Set(['Client', 'Server']), text: /^\s*Internal Server Error\b/i };

/**
 * The answers to a login after which no second one may follow are recognised in every spelling: in any case, in
 * SOAP 1.2, in the text. An unrecognised refusal would send a refused password again.
 */
const FINAL_AT_LOGIN = ['ERR_USER_PASSWD', 'ERR_PASSWORD_TOO_EASY', 'ERR_CAPTCHA_REQUIRED'] as const;

function speltOut(fault: string): FaultReason | undefined {
  const spelling = fault.toUpperCase();
  const found = FINAL_AT_LOGIN.find((code) => spelling.includes(code));
  return found && BY_PROOF.login[found];
}

/**
 * What a fault of this operation means. Of a login or a write, a fault that nobody knows is never retried; of a
 * reading it is retried, until it has lasted too long. `Client`, `Server` and `Sender` without a code of the service's
 * own are such faults, because gateways and SOAP stacks answer with them for reasons of their own.
 */
export function reasonOf(
  operation: OperationName,
  { code, text = '', everything = text }: { code: string | undefined; text?: string; everything?: string },
): FaultReason {
  const spelt = proofOf(operation) === 'login' ? speltOut(`${code ?? ''} ${everything}`) : undefined;
  if (spelt !== undefined) return spelt;
  const codes = BY_PROOF[proofOf(operation)];
  const unknown = isDelicate(operation) ? 'unknown-fault' : 'unknown-answer';
  if (code === undefined) return unknown;
  if (Object.hasOwn(codes, code)) return codes[code] ?? unknown;
  if (FROZEN_BY_BIDS.test(code)) return 'business';
  const isOutage = OUTAGE_IN_FRONT.codes.has(code) && OUTAGE_IN_FRONT.text.test(text);
  return isOutage && !isDelicate(operation) ? 'marketplace-unavailable' : unknown;
}
