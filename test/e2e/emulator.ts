import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { LOOPBACK } from '../../infra/local/stack/loopback.ts';
import { freePort, startProgram } from './process.ts';
import { FOLDER, programs, ROOT } from './python.ts';

export const REGION = 'eu-central-1';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** MiniStack on a loopback port, which forgets everything at its end. */
export interface Emulator {
  readonly url: string;
  /** The environment of programs that talk to it as if it were AWS. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Settings of the AWS SDK. */
  readonly aws: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: typeof CREDENTIALS;
  };
  /** Calls an operation of the AWS JSON protocol that our SDK clients do not have. Throws for an error. */
  json<T>(target: string, input: object): Promise<T>;
  /** Calls the API of Lambda. Throws for an error of the API, not of the function. */
  lambda<T>(method: string, path: string, input?: object): Promise<T>;
  /** Runs a function and waits for its end. Throws where the function fails. */
  invoke(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const bin = await programs();
  const port = await freePort();
  const url = `http://${LOOPBACK}:${port}`;
  const folder = join(FOLDER, 'ministack');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Outside of this checkout, whose package.json would make modules of the functions' scripts.
  const unpacked = await mkdtemp(join(tmpdir(), 'klamka-e2e-'));
  // Node 24 of the install comes first, because it runs the functions.
  const path = [join(ROOT, 'node_modules', '.bin'), bin, process.env.PATH].join(delimiter);
  const program = await startProgram({
    command: join(bin, 'ministack'),
    env: {
      PATH: path,
      HOME: folder,
      TMPDIR: unpacked,
      STATE_DIR: join(folder, 'state'),
      S3_DATA_DIR: join(folder, 's3'),
      GATEWAY_PORT: String(port),
      BIND_HOST: LOOPBACK,
      MINISTACK_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      LOG_LEVEL: 'INFO',
    },
    log: join(FOLDER, 'ministack.log'),
    answersAt: `${url}/_ministack/health`,
  });
  const send = async (path: string, init: RequestInit): Promise<unknown> => {
    const answer = await fetch(`${url}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    url,
    aws: { endpoint: url, region: REGION, credentials: CREDENTIALS },
    env: {
      PATH: path,
      HOME: folder,
      LANG: 'C.UTF-8',
      AWS_ENDPOINT_URL: url,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    },
    json: async <T>(target: string, input: object) =>
      (await send('/', {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
        body: JSON.stringify(input),
      })) as T,
    lambda: async <T>(method: string, path: string, input?: object) =>
      (await send(`/2015-03-31${path}`, {
        method,
        ...(input !== undefined && { body: JSON.stringify(input) }),
      })) as T,
    async invoke(name) {
      const answer = await fetch(`${url}/2015-03-31/functions/${name}/invocations`, {
        method: 'POST',
        body: '{}',
      });
      const text = await answer.text();
      if (!answer.ok || answer.headers.has('x-amz-function-error'))
        throw new Error(`${name} failed (${answer.status}): ${text.slice(0, 2_000)}`);
    },
    async close() {
      await program.close();
      await rm(unpacked, { recursive: true, force: true });
    },
  };
}
