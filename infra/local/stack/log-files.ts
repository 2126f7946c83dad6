import {
  createWriteStream,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  type WriteStream,
} from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

/** A line that a function or the stack itself printed (`source` is then `stack`). */
export interface LogLine {
  readonly source: string;
  readonly text: string;
}

/** Bytes after which a file is renamed to `SOURCE.log.1`, in the place of the one before. */
const FILE_BYTES = 8 * 1024 * 1024;

interface LogFile {
  readonly stream: WriteStream;
  bytes: number;
}

/** Appends lines to a file per source. A source keeps its newest lines only: twice `fileBytes` at most. */
export class LogFiles {
  readonly #folder: string;
  readonly #fileBytes: number;
  readonly #files = new Map<string, LogFile>();
  readonly #ending = new Set<Promise<void>>();
  #closed = false;

  constructor(folder: string, { fileBytes = FILE_BYTES }: { fileBytes?: number } = {}) {
    this.#folder = folder;
    this.#fileBytes = fileBytes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  write({ source, text }: LogLine): void {
    if (this.#closed) return;
    const line = `${text}\n`;
    const file = this.#fileFor(source);
    file.bytes += Buffer.byteLength(line);
    file.stream.write(line);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { stream } of this.#files.values()) this.#end(stream);
    await Promise.all(this.#ending);
  }

  #fileFor(source: string): LogFile {
    const open = this.#files.get(source);
    if (open !== undefined && open.bytes < this.#fileBytes) return open;
    const path = join(this.#folder, `${source}.log`);
    if (open !== undefined) {
      // The stream goes on writing to the renamed file until its last line.
      this.#end(open.stream);
      if (existsSync(path)) renameSync(path, `${path}.1`);
    }
    const fd = openSync(path, 'a', 0o600);
    const file = { stream: createWriteStream(path, { fd }), bytes: fstatSync(fd).size };
    this.#files.set(source, file);
    // An earlier stack may have left a full file.
    return file.bytes < this.#fileBytes ? file : this.#fileFor(source);
  }

  #end(stream: WriteStream): void {
    const ended = finished(stream.end()).finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }
}
