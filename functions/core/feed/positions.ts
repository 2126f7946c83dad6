import { crc32 } from 'node:zlib';

/**
 * How far a reader has come in the feeds of several accounts: the number of the last entry it was given, by
 * account id. The account that was served longest ago stands first. One that is missing starts at the
 * first entry.
 */
export type Positions = ReadonlyMap<string, number>;

const FORMAT = 1;
const CHECK_BYTES = 4;
const HEX_FLAG = 0x80;

/** Text for a URL: format, then id and number of each account in binary, then a check sum. */
export function encodePositions(positions: Positions): string {
  const accounts = [...positions].flatMap(([accountId, number]) => [idBytes(accountId), varint(number)]);
  const body = Buffer.concat([Buffer.of(FORMAT), ...accounts]);
  const check = Buffer.alloc(CHECK_BYTES);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([body, check]).toString('base64url');
}

/** Undefined unless it is the unharmed text of a position. */
export function decodePositions(text: string): Positions | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length <= CHECK_BYTES) return undefined;
  const body = bytes.subarray(0, -CHECK_BYTES);
  if (crc32(body) !== bytes.readUInt32BE(body.length) || body[0] !== FORMAT) return undefined;
  const positions = new Map<string, number>();
  for (let at = 1; at < body.length; ) {
    const id = readId(body, at);
    const number = readVarint(body, id.end);
    if (!Number.isSafeInteger(number.value)) return undefined;
    positions.set(id.value, number.value);
    at = number.end;
  }
  return positions;
}

/** Our ids are hex, which takes half the room in binary; others are kept as they are. */
function idBytes(accountId: string): Buffer {
  const hex = /^([0-9a-f]{2})+$/.test(accountId);
  const bytes = Buffer.from(accountId, hex ? 'hex' : 'utf8');
  return Buffer.concat([Buffer.of(bytes.length | (hex ? HEX_FLAG : 0)), bytes]);
}

function readId(body: Buffer, at: number): { value: string; end: number } {
  const head = body[at] ?? 0;
  const end = at + 1 + (head & ~HEX_FLAG);
  const value = body.subarray(at + 1, end).toString((head & HEX_FLAG) === 0 ? 'utf8' : 'hex');
  return { value, end };
}

/** Seven bits a byte, lowest first. Division, because shifts know 32 bits only. */
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
