// One instance of a Lambda function: loads the handler, then answers one invocation at a time over the channel
// to the parent. Plain JavaScript, because stripping types would cost more than the rest of a cold start.
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// As the runtime of Lambda looks for them; emulators of it know the first only.
const EXTENSIONS = ['.js', '.mjs', '.cjs'];

// Instances are many and short: each would compile the same bundle anew.
enableCompileCache();

// Ctrl-C reaches every process of the terminal; the parent decides when an instance ends.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());

let isKept = false;
const handler = await loadHandler(process.env._HANDLER ?? '').catch((error) => {
  console.error(error);
  process.send({ kind: 'init-failed', error: describe(error) }, () => process.exit(1));
});
if (handler !== undefined) {
  process.on('message', (message) => void (message.memory === undefined ? answer(message) : tellMemory()));
  process.send({ kind: 'ready' });
}

/** `folder/file.export`, as in the template. */
async function loadHandler(path) {
  const dot = path.lastIndexOf('.');
  const base = join(process.env.LAMBDA_TASK_ROOT ?? '', path.slice(0, dot));
  const file = EXTENSIONS.map((extension) => base + extension).find((candidate) => existsSync(candidate));
  if (file === undefined)
    throw named('Runtime.ImportModuleError', `Cannot find module '${path.slice(0, dot)}'`);
  const loaded = await import(pathToFileURL(file).href);
  const name = path.slice(dot + 1);
  const found = loaded[name] ?? loaded.default?.[name];
  if (typeof found !== 'function')
    throw named('Runtime.HandlerNotFound', `${path} is undefined or not exported`);
  return found;
}

async function answer({ event, context, deadlineMillis }) {
  try {
    const getRemainingTimeInMillis = () => Math.max(0, deadlineMillis - Date.now());
    const result = await handler(event, { ...context, getRemainingTimeInMillis });
    process.send({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    console.error(`${context.awsRequestId} ERROR Invoke Error`, error);
    process.send({ kind: 'error', error: describe(error) });
  }
  keepCompiled();
}

/** Writes the cache after the first answer, because an instance is killed at its end. */
function keepCompiled() {
  if (!isKept) flushCompileCache();
  isKept = true;
}

/** Tells what is still referred to; the size of the process would tell what V8 has not yet collected, too. */
async function tellMemory() {
  // The second collection waits for the buffers that the first one frees in another thread.
  for (let times = 0; times < 2; times += 1) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send({ kind: 'memory', bytes: heapUsed + external });
}

function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

function named(name, message) {
  return Object.assign(new Error(message), { name });
}
