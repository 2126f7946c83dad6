import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

/** A line that a function or the stack itself printed (`source` is then `stack`). */
export interface LogLine {
  readonly source: string;
  readonly text: string;
}

/** Appends lines to a file per source. */
export class LogFiles {
  readonly #folder: string;
  readonly #files = new Map<string, WriteStream>();
  #closed = false;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
  }

  write({ source, text }: LogLine): void {
    if (!this.#closed) this.#file(source).write(`${text}\n`);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const files = [...this.#files.values()];
    for (const file of files) file.end();
    await Promise.all(files.map((file) => finished(file)));
  }

  #file(source: string): WriteStream {
    const open = this.#files.get(source);
    if (open !== undefined) return open;
    const file = createWriteStream(join(this.#folder, `${source}.log`), { flags: 'a' });
    this.#files.set(source, file);
    return file;
  }
}
