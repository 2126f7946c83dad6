import type { OperationName, ReplyOf, RequestOf } from '../wire/operations.ts';
import { Refusal } from '../world/refusal.ts';
import type { Session } from '../world/sessions.ts';
import type { World } from '../world/world.ts';

export interface CallContext {
  readonly world: World;
  /** IP address of the client. */
  readonly address: string;
}

/**
 * An operation of the service: reads or changes the world, throws `Refusal`. Names of values are in camelCase
 * in either dialect.
 */
export type Method<Name extends OperationName> = (
  request: RequestOf<Name>,
  context: CallContext,
) => ReplyOf<Name>;

/** The session behind a handle. Throws the `Refusal` that every method with a session gives. */
export function sessionOf(handle: string, { world, address }: CallContext): Session {
  const now = world.clock.now();
  const session = world.sessions.find(handle, { address, now, lifeSeconds: world.settings.sessionSeconds });
  world.keys.check(session.webapiKey);
  return session;
}

/**
 * A number from the text of an id. The world's own ids are exact as doubles; a longer id loses digits here
 * and matches nothing.
 */
export const idOf = (text: string): number => Number(text);

/** Throws `Refusal` unless there are between 1 and `most` ids. */
export function idsOf(list: readonly string[] | undefined, most: number): number[] {
  if (list === undefined || list.length === 0) throw new Refusal('ERR_INPUT_ARRAY_EMPTY');
  if (list.length > most) throw new Refusal('ERR_ITEMS_ARRAY_OVERSIZED');
  return list.map(idOf);
}

/**
 * Minor units from the text of a float, rounded half up by its digits, so that binary fractions round nothing
 * wrongly; NaN and the infinities pass through.
 */
export function minorOf(text: string): number {
  if (text.endsWith('INF')) return text.startsWith('-') ? -Infinity : Infinity;
  const [, sign, whole = '', fraction = ''] = /^([+-]?)(\d*)\.?(\d*)$/.exec(text) ?? [];
  if (sign === undefined) return Math.round(Number(text) * 100);
  const minor = Math.floor((Number(whole + fraction.padEnd(3, '0').slice(0, 3)) + 5) / 10);
  return sign === '-' ? -minor : minor;
}

/** An amount as the service prints a float: the shortest decimal form, e.g. `2`, `1.2`, `6.43`. */
export function floatText(minor: number): string {
  const digits = String(minor).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '');
}
