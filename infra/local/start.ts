import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chaos, planChaos } from './chaos/chaos.ts';
import { runOnce, succeeded } from './once.ts';
import { readOptions, type StartOptions, USAGE, UsageError } from './options.ts';
import { isTaken, runningWith } from './running.ts';
import { DEMO_SYNC_SECONDS, demoEnvironment, watch } from './watch.ts';
import { startWorld, type World } from './world.ts';

const ROOT = join(import.meta.dirname, '..', '..');

async function main(): Promise<number> {
  const options = optionsOrExit();
  if (typeof options === 'number') return options;
  const refusal = await refusalOf(options);
  if (refusal !== undefined) {
    process.stderr.write(`${refusal}\n`);
    return 1;
  }
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const chaos = options.chaos ? planChaos(options) : undefined;
  process.stderr.write('starting the embedded stack and the simulated marketplace ...\n');
  const world = await startWorld({
    root: ROOT,
    seed: options.seed,
    port: options.port,
    dataDir: options.data,
    ...(options.once
      ? {}
      : { accessFile: await accessFile(options), environment: demoEnvironment(process.env) }),
    schedules: 'manual',
    syncEverySeconds: options.once ? 0 : DEMO_SYNC_SECONDS,
    ...(chaos !== undefined && { accidents: chaos.accidents }),
  });
  try {
    return options.once
      ? await once(world, { options, chaos })
      : await demonstrate(world, { options, signal: stop.signal });
  } finally {
    await world.close();
  }
}

/**
 * The reason why this stack cannot start beside another one, in both languages; found before anything of the other one
 * is touched.
 */
async function refusalOf(options: StartOptions): Promise<string | undefined> {
  const running = options.once ? undefined : await runningWith(join(folderOf(options), 'access.json'));
  if (running !== undefined)
    return [
      `npm start runs with this folder already, at ${running}. End it with Ctrl-C, or give another folder and port: npm start -- --data DIR --port 0`,
      `npm start już działa z tym folderem, pod adresem ${running}. Zakończ je przez Ctrl-C albo podaj inny folder i port: npm start -- --data FOLDER --port 0`,
    ].join('\n');
  if (!(await isTaken(options.port))) return undefined;
  return [
    `Another program has the port ${options.port}. Take a free one: npm start -- --port 0`,
    `Port ${options.port} zajmuje inny program. Weź wolny: npm start -- --port 0`,
  ].join('\n');
}

const folderOf = ({ data }: Pick<StartOptions, 'data'>): string => data ?? join(ROOT, '.klamka');

/**
 * The file for address and token: in the data folder, else in `.klamka`, where a command line finds it without options.
 */
async function accessFile({ data }: StartOptions): Promise<string> {
  const folder = folderOf({ data });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Without a data folder nothing is kept, so lines of an earlier stack would only confuse.
  if (data === undefined) await rm(join(folder, 'logs'), { recursive: true, force: true });
  return join(folder, 'access.json');
}

function optionsOrExit(): StartOptions | number {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== undefined) return options;
    process.stdout.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    return 2;
  }
}

async function once(world: World, run: { options: StartOptions; chaos: Chaos | undefined }): Promise<number> {
  const { options } = run;
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const { examples, ...summary } = await runOnce(world, { ...run, say });
  for (const example of examples) say(example);
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else console.table(Object.entries(summary).filter(([, value]) => typeof value === 'number'));
  return succeeded({ ...summary, examples }) ? 0 : 1;
}

async function demonstrate(
  world: World,
  { options, signal }: { options: StartOptions; signal: AbortSignal },
): Promise<number> {
  await watch(world, { accounts: options.accounts, signal, output: process.stdout });
  process.stdout.write('\nstopped\n');
  return 0;
}

process.exitCode = await main();
