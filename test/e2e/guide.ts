import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FOLDER, ROOT } from './python.ts';

const run = promisify(execFile);

/** The commands of infra/DEPLOY.md, by the heading that they stand under. */
export interface Guide {
  /** Runs the commands of a step in a shell that knows what earlier steps have set. Throws with their output. */
  run(step: string): Promise<string>;
  /** Sets variables, or calls a function of the guide, as a person would who follows it. */
  set(lines: string): Promise<void>;
  /** The value of a variable that a step has set. */
  value(name: string): Promise<string>;
  /** Begins a new session, which knows nothing that was set before. */
  newSession(): Promise<void>;
}

interface Surroundings {
  /** Holds STAGE, and HOME where the file of the settings is made. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** Keeps everything that commands print. */
  readonly said: string[];
}

export async function openGuide({ env, folder, said }: Surroundings): Promise<Guide> {
  const commands = commandsIn(await readFile(join(ROOT, 'infra', 'DEPLOY.md'), 'utf8'));
  const state = join(FOLDER, `guide-${env.STAGE}.state`);
  // Variables that steps set, and those that they expect a person to have set.
  const names = new Set(
    [...commands.values()].join('\n').match(/(?<![\w-])[A-Z][A-Z_]+(?=\+?=)|(?<=\$\{?)[A-Z_]+/g),
  );
  const keep = `{ for one in ${[...names].join(' ')}; do declare -p "$one" 2>/dev/null || true; done; declare -f; } >'${state}'`;
  const newSession = () => writeFile(state, '', { mode: 0o600 });
  await rm(join(String(env.HOME), `.klamka-${env.STAGE}.sh`), { force: true });
  await newSession();
  const shell = async (script: string): Promise<string> => {
    const all = `source '${state}'\n${script}\n`;
    const { stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', all], {
      env,
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim().slice(-4_000));
    });
    said.push(stderr);
    return stdout;
  };
  return {
    async run(step) {
      const script = commands.get(step);
      if (script === undefined) throw new Error(`infra/DEPLOY.md has no step "${step}"`);
      const printed = await shell(`${script}\n${keep}`);
      said.push(printed);
      return printed;
    },
    set: async (lines) => void (await shell(`${lines}\n${keep}`)),
    value: async (name) => (await shell(`printf %s "$${name}"`)).trim(),
    newSession,
  };
}

/** The `sh` blocks below each heading of the second and third level. */
export function commandsIn(text: string): Map<string, string> {
  const commands = new Map<string, string>();
  for (const part of text.split(/^###? /m).slice(1)) {
    const [heading = '', ...lines] = part.split('\n');
    const blocks = [...lines.join('\n').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
    if (blocks.length > 0) commands.set(heading.replace(/^\d+\. /, ''), blocks.join('\n'));
  }
  return commands;
}
