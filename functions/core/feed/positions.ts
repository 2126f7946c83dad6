import { crc32 } from 'node:zlib';
import type { FeedEntry } from '../orders/store.ts';

/** The last entry that a reader was given; 0 is the beginning. */
export interface Position {
  readonly number: number;
  /** Check of the entry's time; absent in positions from before times were kept. */
  readonly mark?: number;
}

/**
 * Positions of a reader in the feeds of several accounts, by account id. The account that was served longest
 * ago stands first. A missing account starts at its first entry.
 */
export type Positions = ReadonlyMap<string, Position>;

/**
 * Check of an entry's time in two bytes, never 0. It tells the entry from another with its number in a
 * restored feed, and is so short that five hundred positions fit into a URL.
 */
export const markOf = ({ atMillis }: Pick<FeedEntry, 'atMillis'>): number =>
  1 + (crc32(String(atMillis)) % 0xffff);

/**
 * Whether a position is that of this entry; a position without a mark is that of any entry with its number.
 */
export const isAt = ({ number, mark }: Position, entry: FeedEntry | undefined): boolean =>
  entry?.number === number && (mark === undefined || mark === markOf(entry));

const WITHOUT_MARKS = 1;
const FORMAT = 3;
const CHECK_BYTES = 4;
const HEX_FLAG = 0x80;

/**
 * Text for a URL: format, then groups of accounts whose ids have the same length (length, number of accounts,
 * then id, number and mark of each), then a check sum.
 */
export function encodePositions(positions: Positions): string {
  const runs: { head: number; accounts: Buffer[] }[] = [];
  for (const [accountId, { number, mark = 0 }] of positions) {
    const { head, bytes } = idBytes(accountId);
    if (runs.at(-1)?.head !== head) runs.push({ head, accounts: [] });
    runs.at(-1)?.accounts.push(Buffer.concat([bytes, varint(number), Buffer.of(mark >> 8, mark & 0xff)]));
  }
  const texts = runs.flatMap(({ head, accounts }) => [Buffer.of(head), varint(accounts.length), ...accounts]);
  const body = Buffer.concat([Buffer.of(FORMAT), ...texts]);
  const check = Buffer.alloc(CHECK_BYTES);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([body, check]).toString('base64url');
}

/** The positions of a text; undefined unless the text is an undamaged one. */
export function decodePositions(text: string): Positions | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= CHECK_BYTES) return undefined;
  const body = bytes.subarray(0, -CHECK_BYTES);
  if (crc32(body) !== bytes.readUInt32BE(body.length)) return undefined;
  const read = { [WITHOUT_MARKS]: withoutMarks, [FORMAT]: withMarks }[body[0] ?? 0];
  const positions = new Map(read?.(body));
  const isWhole = [...positions.values()].every(({ number }) => Number.isSafeInteger(number));
  return read === undefined || !isWhole ? undefined : positions;
}

function* withMarks(body: Buffer): Generator<[string, Position]> {
  for (let at = 1; at < body.length; ) {
    const head = body[at] ?? 0;
    const count = readVarint(body, at + 1);
    at = count.end;
    for (let index = 0; index < count.value && at < body.length; index += 1) {
      const id = readId(body, { head, at });
      const number = readVarint(body, id.end);
      const mark = ((body[number.end] ?? 0) << 8) | (body[number.end + 1] ?? 0);
      at = number.end + 2;
      yield [id.value, { number: number.value, ...(mark > 0 && { mark }) }];
    }
  }
}

/** Reads the former format, without times of entries. */
function* withoutMarks(body: Buffer): Generator<[string, Position]> {
  for (let at = 1; at < body.length; ) {
    const id = readId(body, { head: body[at] ?? 0, at: at + 1 });
    const number = readVarint(body, id.end);
    at = number.end;
    yield [id.value, { number: number.value }];
  }
}

/** An id in bytes: hex ids take half the room in binary, others stay as they are. */
function idBytes(accountId: string): { head: number; bytes: Buffer } {
  const hex = /^([0-9a-f]{2})+$/.test(accountId);
  const bytes = Buffer.from(accountId, hex ? 'hex' : 'utf8');
  return { head: bytes.length | (hex ? HEX_FLAG : 0), bytes };
}

function readId(body: Buffer, { head, at }: { head: number; at: number }): { value: string; end: number } {
  const end = at + (head & ~HEX_FLAG);
  const value = body.subarray(at, end).toString((head & HEX_FLAG) === 0 ? 'utf8' : 'hex');
  return { value, end };
}

/** Seven bits a byte, lowest first. Divides, because bit shifts would cut numbers to 32 bits. */
function varint(number: number): Buffer {
  const bytes: number[] = [];
  let rest = number;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function readVarint(body: Buffer, at: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; ; index += 1) {
    const byte = body[at + index] ?? 0;
    value += (byte & 0x7f) * 0x80 ** index;
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
}
