import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Secret } from '../../functions/core/base/secret.ts';
import type { DialectId } from '../../functions/webapi/dialect.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';
import { createWebapi, keptVersionKey, logInTo } from './webapi.ts';

/**
 * A process of its own that fetches secrets, uses them in calls that succeed and in calls that fail, drops
 * them, and writes its memory to a file. With `keep`, the secrets are not dropped.
 */
const [, , server = '', dialect = '', file = '', keep] = process.argv;
const webapi = createWebapi(
  { ...MARKETPLACE_PRESETS.allegro, endpoint: `${server}/service.php`, dialect: dialect as DialectId },
  { cache: keptVersionKey('1') },
);
const kept: unknown[] = [];
const errors: unknown[] = [];

async function callEverything(): Promise<void> {
  const answer = await fetch(`${server}/secrets`);
  const secrets = (await answer.json()) as { password: string; key: string };
  const credentials = {
    login: 'sklep',
    applicationPassword: new Secret(secrets.password),
    integrationKey: new Secret(secrets.key),
  };
  const options = { timeoutMillis: 5_000 };
  const { session } = await logInTo(webapi, credentials, options);
  const failing = [
    () => webapi.sales.page(session, undefined, options),
    () => webapi.access.probeKey(credentials.integrationKey, options),
    () => logInTo(webapi, { ...credentials, login: 'other' }, options),
  ];
  for (const call of failing) await call()?.catch((error: unknown) => errors.push(error));
  if (keep !== undefined) kept.push(secrets, session);
}

await callEverything();
// The engine keeps the last subject of a regular expression; this one replaces any that held a secret.
/x/.exec('x');
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
await new Promise((resolve) => setTimeout(resolve, 200));
collectGarbage();
writeHeapSnapshot(file);
console.log(errors.length, kept.length);
process.exit();
