import { EXIT } from './exit.ts';

const stop = new AbortController();
const interrupt = () => stop.abort();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt);

/** A reader such as `head` that has enough closes the pipe; there is nobody left to tell anything. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(EXIT.ok);
  });

// Loaded after the signals are heard: loading takes a moment, in which Ctrl-C ends the command as later.
const { run } = await import('./program.ts');

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  terminal: process.stderr,
  isRead: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
  // A terminal that does not know its width says 0.
  columns: process.stdout.columns || Number.POSITIVE_INFINITY,
  env: process.env,
  signal: stop.signal,
  interrupt,
  now: () => Date.now(),
});
