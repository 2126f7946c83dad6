import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface LogLine {
  /** The function that printed it, or `stack`. */
  readonly source: string;
  readonly text: string;
}

interface Place {
  inode: number;
  offset: number;
  /** Bytes of a line whose end is not written yet. */
  rest: Buffer;
}

/**
 * Reads the files that an embedded stack writes, `SOURCE.log`, and the part of each that was renamed to `SOURCE.log.1`.
 */
export class LogReader {
  readonly #folder: string;
  readonly #isWanted: (source: string) => boolean;
  readonly #places = new Map<string, Place>();

  constructor(folder: string, isWanted: (source: string) => boolean) {
    this.#folder = folder;
    this.#isWanted = isWanted;
  }

  /** The sources that have a file, whether they are wanted or not. */
  async sources(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => []);
    return names.filter((name) => name.endsWith('.log')).map((name) => name.slice(0, -'.log'.length));
  }

  /** The whole lines that were written since the last call, by file in the order of their times. */
  async next(): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for (const source of (await this.sources()).toSorted()) {
      if (!this.#isWanted(source)) continue;
      lines.push(...(await this.#linesOf(source)).map((text) => ({ source, text })));
    }
    return inTime(lines);
  }

  async #linesOf(source: string): Promise<string[]> {
    const path = join(this.#folder, `${source}.log`);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return [];
    const place = this.#places.get(source);
    if (place === undefined) {
      const fresh: Place = { inode: found.ino, offset: 0, rest: Buffer.alloc(0) };
      this.#places.set(source, fresh);
      const old: Place = { inode: 0, offset: 0, rest: Buffer.alloc(0) };
      return [...(await readOn(`${path}.1`, old)), ...(await readOn(path, fresh))];
    }
    if (place.inode === found.ino) return await readOn(path, place);
    const end = await readOn(`${path}.1`, place);
    place.inode = found.ino;
    place.offset = 0;
    return [...end, ...(await readOn(path, place))];
  }
}

async function readOn(path: string, place: Place): Promise<string[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size } = await file.stat();
    const length = Math.max(0, size - place.offset);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, place.offset);
    place.offset += bytesRead;
    const bytes = Buffer.concat([place.rest, buffer.subarray(0, bytesRead)]);
    const end = bytes.lastIndexOf(0x0a) + 1;
    place.rest = bytes.subarray(end);
    return bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  } finally {
    await file.close();
  }
}

const TIMESTAMP = /"timestamp":"([^"]+)"/;

/** Lines of several files by their times; a line without a time follows the one before it in its file. */
function inTime(lines: readonly LogLine[]): LogLine[] {
  let last = { source: '', millis: 0 };
  const timed = lines.map((line) => {
    const read = Date.parse(TIMESTAMP.exec(line.text)?.[1] ?? '');
    const before = last.source === line.source ? last.millis : 0;
    last = { source: line.source, millis: Number.isNaN(read) ? before : read };
    return { line, millis: last.millis };
  });
  return timed.toSorted((one, other) => one.millis - other.millis).map(({ line }) => line);
}
