import type { FaultReason } from '../core/faults.ts';
import { type OperationName, type Proof, proofOf } from './operations.ts';

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

/** Codes about a user, which mean the same at login and later. */
const OF_A_USER: Codes = {
  ERR_CAPTCHA_REQUIRED: 'account-locked',
  ERR_AUTHORIZATION_ERROR: 'account-closed',
  ERR_LICENCE_EXPIRED_OR_CLOSED: 'key-licence',
  ERR_JUNIOR_CANT_LOGIN_IN_THIS_COUNTRY: 'country-not-allowed',
};

/**
 * The meaning of a code depends on what the operation proved itself with: only an operation that sent a
 * password can have it refused, only one that sent a session handle can have it ended.
 */
const BY_PROOF: Readonly<Record<Proof, Codes>> = {
  key: ANYWHERE,
  password: {
    ...ANYWHERE,
    ...OF_A_USER,
    ERR_USER_PASSWD: 'password-refused',
    ERR_PASSWORD_TOO_EASY: 'password-too-weak',
    // Documented for both trouble of the authorisation system and an ended contract.
    ERR_NO_SESSION: 'login-service-trouble',
    ERR_INVALID_VERSION_CAT_SELL_FIELDS: 'version-key-stale',
  },
  session: {
    ...ANYWHERE,
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
  },
};

/** A family of codes, one for each field of an offer. */
const FROZEN_BY_BIDS = /^ERR_CANT_CHANGE_\w+_AFTER_BID$/;

/** What a fault code of this operation means; a code that nobody knows is never retried blindly. */
export function reasonOf(operation: OperationName, code: string | undefined): FaultReason {
  const codes = BY_PROOF[proofOf(operation)];
  if (code === undefined) return 'unknown-fault';
  if (Object.hasOwn(codes, code)) return codes[code] ?? 'unknown-fault';
  return FROZEN_BY_BIDS.test(code) ? 'business' : 'unknown-fault';
}
