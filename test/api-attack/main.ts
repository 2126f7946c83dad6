import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startKlamka } from '../support/klamka.ts';

/* Attacks the API from its own document, with a generator of requests that knows no more of the API than a stranger. */

const ROOT = join(import.meta.dirname, '..', '..');
const SCHEMATHESIS = process.env.KLAMKA_SCHEMATHESIS ?? join(ROOT, '.klamka/venv/bin/schemathesis');
const LONGEST_MILLIS = 10 * 60_000;
/** The receiver of the webhook that is attacked: this machine, where nobody answers. */
const RECEIVER = '127.0.0.1:9';
/** Seed of all chance in the attack, so that a failure comes again. */
const SEED = '20261129';

/** A folder for what the tool leaves behind. */
async function scratch(): Promise<string> {
  const folder = join(ROOT, '.klamka/api-attack');
  await mkdir(folder, { recursive: true });
  return folder;
}

async function main(): Promise<number> {
  const klamka = await startKlamka({
    environment: { API_WAIT_SECONDS: '0', WEBHOOK_TEST_HOSTS: RECEIVER },
  });
  try {
    const integrationKeyId = await klamka.registerKey();
    for (let index = 0; index < 2; index += 1)
      await klamka.api('POST', '/accounts', {
        marketplace: 'allegro',
        integrationKeyId,
        ...(await klamka.seller()),
      });
    await klamka.settle();
    await klamka.sim('POST', '/buyers', { orders: 5, pace: 'live' });
    await klamka.settle();
    const { webhookId } = (await klamka.api('POST', '/webhooks', { url: `https://${RECEIVER}/` })).body;
    const { url, token = '' } = klamka.world.api;
    const variables = {
      KLAMKA_TOKEN: token,
      KLAMKA_WEBHOOK: String(webhookId),
      KLAMKA_KEY: await klamka.registerKey(),
    };
    const begun = performance.now();
    const attack = spawn(
      SCHEMATHESIS,
      [
        ...['--config-file', join(import.meta.dirname, 'schemathesis.toml')],
        ...['run', `${url}/openapi.json`, '--url', url.replace(/\/v1$/, ''), '--seed', SEED],
        ...process.argv.slice(2),
      ],
      {
        stdio: 'inherit',
        env: { ...process.env, ...variables },
        cwd: await scratch(),
        timeout: LONGEST_MILLIS,
      },
    );
    const [status, signal] = (await once(attack, 'exit')) as [number | null, NodeJS.Signals | null];
    const seconds = Math.round((performance.now() - begun) / 1_000);
    process.stdout.write(`attacked for ${seconds} s${signal === null ? '' : `, ended by ${signal}`}\n`);
    klamka.refuseFaults();
    return status ?? 1;
  } finally {
    await klamka.close();
  }
}

process.exitCode = await main();
