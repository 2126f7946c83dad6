import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { FOLDER, ROOT } from './python.ts';

const run = promisify(execFile);
const STATE = join(FOLDER, 'guide.state');

/** The commands of infra/DEPLOY.md, by the heading that they stand under. */
export interface Guide {
  readonly steps: readonly string[];
  /** Runs the commands of a step in a shell that knows what earlier steps have set. Throws with their output. */
  run(step: string): Promise<string>;
  /** Sets variables as a person would who follows the guide. */
  set(lines: string): Promise<void>;
  /** The value of a variable that a step has set. */
  value(name: string): Promise<string>;
}

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
}

export async function openGuide({ env, folder }: Surroundings): Promise<Guide> {
  const commands = commandsIn(await readFile(join(ROOT, 'infra', 'DEPLOY.md'), 'utf8'));
  // Variables that steps set, and those that they expect a person to have set.
  const names = new Set([...commands.values()].join('\n').match(/^[A-Z_]+(?=\+?=)|(?<=\$\{?)[A-Z_]+/gm));
  const keep = `for one in ${[...names].join(' ')}; do declare -p "$one" 2>/dev/null || true; done >'${STATE}'`;
  await writeFile(STATE, '', { mode: 0o600 });
  const shell = async (script: string): Promise<string> => {
    const all = `source '${STATE}'\n${script}\n`;
    const { stdout } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', all], {
      env,
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    }).catch((error: { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim().slice(-4_000));
    });
    return stdout;
  };
  return {
    steps: [...commands.keys()],
    async run(step) {
      const script = commands.get(step);
      if (script === undefined) throw new Error(`infra/DEPLOY.md has no step "${step}"`);
      return await shell(`${script}\n${keep}`);
    },
    set: async (lines) => void (await shell(`${lines}\n${keep}`)),
    value: async (name) => (await shell(`printf %s "$${name}"`)).trim(),
  };
}

/** The `sh` blocks below each heading of the second level. */
function commandsIn(text: string): Map<string, string> {
  const commands = new Map<string, string>();
  for (const part of text.split(/^## /m).slice(1)) {
    const [heading = '', ...lines] = part.split('\n');
    const blocks = [...lines.join('\n').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
    if (blocks.length > 0) commands.set(heading.replace(/^\d+\. /, ''), blocks.join('\n'));
  }
  return commands;
}
