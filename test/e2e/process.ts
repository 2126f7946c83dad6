import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LOOPBACK } from '../../infra/local/stack/loopback.ts';

export interface Program {
  close(): Promise<void>;
}

interface Start {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: string;
  /** Working folder, for programs that leave files in it; this process's own by default. */
  readonly folder?: string;
  /** Answers with any status when the program is up. */
  readonly answersAt: string;
}

const UP_WITHIN_MILLIS = 60_000;

/** Starts a program with its own process group, waits until it answers, and ends it with all its children. */
export async function startProgram({
  command,
  args = [],
  env,
  log,
  folder,
  answersAt,
}: Start): Promise<Program> {
  await mkdir(dirname(log), { recursive: true });
  const output = createWriteStream(log);
  const child = spawn(command, args, { env, cwd: folder, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  const close = () => end(child);
  const until = Date.now() + UP_WITHIN_MILLIS;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${command} ended (${child.exitCode}): see ${log}`);
    const isUp = await fetch(answersAt).then(
      () => true,
      () => false,
    );
    if (isUp) return { close };
    if (Date.now() > until) {
      await close();
      throw new Error(`${command} does not answer: see ${log}`);
    }
    await setTimeout(200);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve();
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([ended, setTimeout(5_000)]);
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
