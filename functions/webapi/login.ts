import { createHash } from 'node:crypto';
import { Secret } from '../core/base/secret.ts';
import type { Login } from '../core/marketplace/access.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door } from './caller.ts';
import { checkCountry, checkCredentials, checkText } from './limits.ts';
import type { Response } from './operations.ts';
import { readSeconds } from './values.ts';
import type { WebapiCredentials } from './versionkeys.ts';
import { WireError } from './xml.ts';

/** The component that doQuerySysStatus is asked for; the version key is the same for every component. */
const SELL_FORM = '4';

/** The version key of a WebAPI key (doQuerySysStatus): opaque, to be compared for equality only. */
export async function fetchVersionKey(door: Door, webapiKey: Secret, options: CallOptions): Promise<string> {
  const operation = 'doQuerySysStatus';
  const key = webapiKey.reveal();
  checkCountry(operation, door.settings);
  checkText(operation, { webapiKey: key });
  return door.call(
    {
      operation,
      request: { sysvar: SELL_FORM, countryId: String(door.settings.countryId), webapiKey: key },
      understand: (reply) => reply.all().verKey,
    },
    options,
  );
}

/**
 * The user id for a login name or an e-mail address (doGetUserID), in decimal. Asks without session and
 * password, so nothing counts towards a lock.
 */
export async function sellerId(
  door: Door,
  query: { login: string; integrationKey: Secret },
  options: CallOptions,
): Promise<string> {
  const operation = 'doGetUserID';
  const webapiKey = query.integrationKey.reveal();
  checkCountry(operation, door.settings);
  checkText(operation, { webapiKey, login: query.login });
  // [assumed] An e-mail address serves as a login here as in doLogin, and has a field of its own as well.
  const userEmail = query.login.includes('@') ? query.login : undefined;
  const names = { userLogin: query.login, ...(userEmail !== undefined && { userEmail }) };
  return door.call(
    {
      operation,
      request: { countryId: String(door.settings.countryId), ...names, webapiKey },
      understand: (reply) => reply.all().userId,
    },
    options,
  );
}

/**
 * Makes a login, which is never repeated here. The hash (doLoginEnc) is sent instead of the password, unless
 * the marketplace lacks that operation, or the password is not ASCII, because no source tells which charset
 * is hashed.
 */
export async function sendLogin(
  door: Door,
  credentials: WebapiCredentials,
  options: CallOptions,
): Promise<Login> {
  const password = credentials.applicationPassword.reveal();
  const hashable = /^\p{ASCII}*$/u.test(password);
  const hashing = !door.settings.droppedOperations.includes('doLoginEnc');
  const operation = hashable && hashing ? 'doLoginEnc' : 'doLogin';
  checkCredentials(credentials, { operation, settings: door.settings });
  const hash = hashPassword(password);
  const webapiKey = credentials.webapiKey.reveal();
  const shared = {
    userLogin: credentials.login,
    countryCode: String(door.settings.countryId),
    webapiKey,
    localVersion: credentials.versionKey,
  };
  const understand = (reply: { all: () => Response<'doLogin'> }) => toLogin(reply.all());
  return operation === 'doLoginEnc'
    ? door.call(
        { operation, request: { ...shared, userHashPassword: hash }, alsoSecret: [password], understand },
        options,
      )
    : door.call(
        { operation, request: { ...shared, userPassword: password }, alsoSecret: [hash], understand },
        options,
      );
}

/** Base64 of the raw SHA-256 of the UTF-8 bytes. As secret as the password itself. */
export const hashPassword = (password: string): string =>
  createHash('sha256').update(password, 'utf8').digest('base64');

/** Length far above that of any real handle, and far below the limit of an item or a request. */
const LONGEST_HANDLE = 4_096;

function toLogin(wire: Response<'doLogin'>): Login {
  const { sessionHandlePart: handle } = wire;
  if (handle === '') throw new WireError('empty', 'sessionHandlePart');
  if (handle.length > LONGEST_HANDLE) throw new WireError('too long', 'sessionHandlePart');
  if (handle.includes('\uFFFD')) throw new WireError('broken text', 'sessionHandlePart');
  return {
    session: new Secret(handle),
    userId: wire.userId,
    serverTimeSeconds: readSeconds(['serverTime', wire.serverTime]),
  };
}
