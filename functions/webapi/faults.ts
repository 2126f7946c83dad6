import type { FaultReason } from '../core/faults/fault.ts';
import type { OperationName } from './operations.ts';
import { isDelicate, type Proof, proofOf } from './traits.ts';

type Codes = Readonly<Record<string, FaultReason>>;

/** Codes with the same meaning for every operation. */
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
 * Codes of a service in trouble, for operations without a password. A login with such an answer waits for a
 * person, because the marketplace may have counted it.
 */
const OF_READINGS: Codes = {
  // Was reported for minutes to days, for everything or for a single offer.
  ERR_INTERNAL_SYSTEM_ERROR: 'marketplace-unavailable',
};

/** Codes about a user, with the same meaning at login and later. */
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
  // An earlier change has not been carried out yet.
  ERR_YOU_CANT_CHANGE_ITEM: 'marketplace-unavailable',
};

/**
 * Codes by what the operation proves itself with: only an operation that sends a password can have it
 * refused, and only one that sends a session handle can have it ended.
 */
const BY_PROOF: Readonly<Record<Proof, Codes>> = {
  key: { ...ANYWHERE, ...OF_READINGS },
  login: {
    ...ANYWHERE,
    ...OF_A_USER,
    ERR_USER_PASSWD: 'password-refused',
    ERR_PASSWORD_TOO_EASY: 'password-too-weak',
    // Documented both for trouble of the authorisation system and for an ended contract.
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

/** Whether the code is exactly one of ours, so that it cannot hold a secret. */
export const isKnownCode = (operation: OperationName, code = ''): boolean =>
  Object.hasOwn(BY_PROOF[proofOf(operation)], code) || OF_SOAP.includes(code);

/** A family of codes, one for each field of an offer. */
const FROZEN_BY_BIDS = /^ERR_CANT_CHANGE_\w+_AFTER_BID$/;

/**
 * The answer of a gateway in front of a service that is down. Its code blames the caller, so the text is
 * needed.
 */
const OUTAGE_IN_FRONT = { codes: new Set(['Client', 'Server']), text: /^\s*Internal Server Error\b/i };

/**
 * Answers to a login after which no second login may follow. They are recognised in every spelling: in any
 * case, in SOAP 1.2, in the text, because an unrecognised refusal would send a refused password again.
 */
const FINAL_AT_LOGIN = ['ERR_USER_PASSWD', 'ERR_PASSWORD_TOO_EASY', 'ERR_CAPTCHA_REQUIRED'] as const;

function speltOut(fault: string): FaultReason | undefined {
  const spelling = fault.toUpperCase();
  const found = FINAL_AT_LOGIN.find((code) => spelling.includes(code));
  return found && BY_PROOF.login[found];
}

/**
 * The meaning of a fault of this operation. An unknown fault of a login or a write is never retried; that of
 * a reading is, until it has lasted too long. `Client`, `Server` and `Sender` without a code of the service
 * are unknown faults, because gateways and SOAP libraries answer with them for reasons of their own.
 */
export function faultReason(
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
