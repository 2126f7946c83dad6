import type { Secret } from '../core/base/secret.ts';
import type { Access, Credentials, Login } from '../core/marketplace/access.ts';
import type { DriverCache } from '../core/marketplace/driver.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';

/** The parts of a login of the WebAPI. */
export interface WebapiCredentials extends Credentials {
  readonly webapiKey: Secret;
  readonly versionKey: string;
}

/** The single calls of a login. */
export interface LoginCalls {
  versionKey(webapiKey: Secret, options: CallOptions): Promise<string>;
  logIn(credentials: WebapiCredentials, options: CallOptions): Promise<Login>;
}

/** The name of the version key among the texts of the driver. */
const VERSION_KEY = 'version-key';

/**
 * Logins that name a version key. It is fetched once for all accounts of a key, kept, and fetched again where a fresh
 * one is asked for or none is kept.
 */
export function versionedLogins(
  calls: LoginCalls,
  cache: DriverCache,
): Pick<Access, 'probeKey' | 'prepareLogin'> {
  async function fetched(webapiKey: Secret, options: CallOptions): Promise<string> {
    const versionKey = await calls.versionKey(webapiKey, options);
    await cache.put(VERSION_KEY, versionKey);
    return versionKey;
  }
  return {
    async probeKey(webapiKey, options) {
      await fetched(webapiKey, options);
    },

    async prepareLogin({ integrationKey: webapiKey, fresh }, options) {
      const kept = fresh ? undefined : await cache.get(VERSION_KEY);
      const versionKey = isVersionKey(kept) ? kept : await fetched(webapiKey, options);
      return {
        send: (credentials, given) => calls.logIn({ ...credentials, webapiKey, versionKey }, given),
        discard: () => cache.drop(VERSION_KEY, versionKey),
      };
    },
  };
}

/** A whole number of 64 bits, as the service defines it. */
const isVersionKey = (text: string | undefined): text is string =>
  text !== undefined && /^-?\d{1,19}$/.test(text);
