import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { World, WorldSnapshot } from './world/world.ts';

const SAVE_AFTER_MILLIS = 2_000;
/** Largest share of the time that saving may take: while a big world is saved, every call waits. */
const LARGEST_SHARE = 1 / 20;

/** Reads a saved world. Throws an error that names the file when the file cannot be read. */
export function loadState(path: string | undefined): WorldSnapshot | undefined {
  if (path === undefined || !existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as WorldSnapshot;
  } catch (error) {
    throw new Error(`cannot read the simulator's state from ${path}: ${String(error)}`);
  }
}

/** Saves the world some time after it changed, and at once when closed; a reader never sees half a file. */
export class StateFile {
  readonly #path: string | undefined;
  readonly #world: World;
  #timer: NodeJS.Timeout | undefined;
  #saveAfterMillis = SAVE_AFTER_MILLIS;
  #saving: Promise<void> = Promise.resolve();

  readonly #log: (line: string) => void;

  constructor(path: string | undefined, { world, log }: { world: World; log: (line: string) => void }) {
    this.#path = path;
    this.#world = world;
    this.#log = log;
  }

  changed(): void {
    if (this.#path === undefined || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // A full disk must not end the marketplace; the save after the next change tries again.
      this.#saving = this.#saving.then(() => this.#save()).catch((error) => this.#log(String(error)));
    }, this.#saveAfterMillis).unref();
  }

  /** Rejects when the last state cannot be written. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saving;
    await this.#save();
  }

  async #save(): Promise<void> {
    const path = this.#path;
    if (path === undefined) return;
    const started = performance.now();
    const text = JSON.stringify(this.#world.snapshot());
    this.#saveAfterMillis = Math.max(SAVE_AFTER_MILLIS, (performance.now() - started) / LARGEST_SHARE);
    const draft = `${path}.${randomUUID()}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  }
}
