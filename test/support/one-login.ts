import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Secret } from '../../functions/core/base/secret.ts';
import type { DialectId } from '../../functions/webapi/dialect.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';
import { createWebapi } from './webapi.ts';

/**
 * Run as a process of its own: fetches secrets, uses them in calls that succeed and calls that fail, lets
 * go of them, and writes what is left in memory to a file. With `keep`, it does not let go.
 */
const [, , server = '', dialect = '', file = '', keep] = process.argv;
const webapi = createWebapi({
  ...MARKETPLACE_PRESETS.allegro,
  endpoint: `${server}/service.php`,
  dialect: dialect as DialectId,
});
const kept: unknown[] = [];
const errors: unknown[] = [];

async function use(): Promise<void> {
  const answer = await fetch(`${server}/secrets`);
  const secrets = (await answer.json()) as { password: string; key: string };
  const credentials = {
    login: 'sklep',
    applicationPassword: new Secret(secrets.password),
    webapiKey: new Secret(secrets.key),
    versionKey: '1',
  };
  const options = { timeoutMillis: 5_000 };
  const { sessionHandle } = await webapi.access.logIn(credentials, options);
  const failing = [
    () => webapi.sales.page(sessionHandle, undefined, options),
    () => webapi.access.probeKey(credentials.webapiKey, options),
    () => webapi.access.logIn({ ...credentials, login: 'other' }, options),
  ];
  for (const call of failing) await call()?.catch((error: unknown) => errors.push(error));
  if (keep !== undefined) kept.push(secrets, sessionHandle);
}

await use();
// The engine itself remembers what a regular expression was tried on last.
/x/.exec('x');
setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
await new Promise((resolve) => setTimeout(resolve, 200));
collectGarbage();
writeHeapSnapshot(file);
console.log(errors.length, kept.length);
process.exit();
