import type { Dialect } from './dialect.ts';
import {
  type Fields,
  type FieldType,
  fieldType,
  isScalar,
  type Read,
  type ReadPart,
  type Scalar,
} from './schema.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { childOf, WireError, type XmlElement } from './xml.ts';

/**
 * Decodes elements by the table of operations, whatever their order and with unknown extra elements. Throws
 * WireError naming the field.
 */
export class Decoder {
  readonly #dialect: Dialect;
  readonly #plans = new WeakMap<Fields, Plan>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Reads the fields of a struct or of a whole reply. */
  fields<const F extends Fields>(fields: F, element: XmlElement): Read<F> {
    return this.#read(fields, element) as Read<F>;
  }

  /**
   * Reads as far as possible: an unreadable field is reported and left undefined, an unreadable item left
   * out.
   */
  part<const F extends Fields>(fields: F, element: XmlElement, unread: Unread): ReadPart<F> {
    return this.#read(fields, element, unread) as ReadPart<F>;
  }

  /** The element of a field, even if empty; undefined if there is none. */
  child(field: string, element: XmlElement): XmlElement | undefined {
    return childOf(element, this.#dialect.field(field));
  }

  /** The items of a list of the reply; none if the list is missing, nil or empty. */
  items(reply: XmlElement, field: string): XmlElement[] {
    const wireName = this.#dialect.field(field);
    const lists = reply.children.filter(({ name }) => name === wireName);
    if (lists.length > 1) throw new WireError('more than once', field);
    return within(field, () => lists.flatMap(itemsOf));
  }

  #planFor(fields: Fields): Plan {
    const known = this.#plans.get(fields);
    if (known !== undefined) return known;
    const planned = Object.entries(fields)
      .map(([name, word]) => ({ name, type: fieldType(word) }))
      .filter(({ type }) => !type.unread);
    const plan = new Map(planned.map((field) => [this.#dialect.field(field.name), field]));
    this.#plans.set(fields, plan);
    return plan;
  }

  #read(fields: Fields, element: XmlElement, unread?: Unread): Record<string, unknown> {
    const plan = this.#planFor(fields);
    const found = new Map<PlannedField, XmlElement>();
    const repeated = new Set<PlannedField>();
    for (const child of element.children) {
      const field = plan.get(child.name);
      if (field === undefined) continue;
      if (found.has(field)) repeated.add(field);
      found.set(field, child);
    }
    const read: Record<string, unknown> = {};
    for (const field of plan.values()) {
      read[field.name] = noting(field.name, unread, (inner) => {
        if (repeated.has(field)) throw new WireError('more than once');
        return this.#field(field.type, found.get(field), inner);
      });
    }
    return read;
  }

  #field(type: FieldType, child: XmlElement | undefined, unread: Unread | undefined): unknown {
    if (type.list) return child === undefined ? [] : this.#list(type.base, child, unread);
    if (child !== undefined && !isVoid(child, type.base)) return this.#value(type.base, child, unread);
    if (type.dispensable) return undefined;
    if (child !== undefined && type.base === 'string') return '';
    // A structure with optional fields only may be empty.
    if (child !== undefined && !child.nil && !isScalar(type.base))
      return this.#value(type.base, child, unread);
    throw new WireError('missing');
  }

  #list(base: string, list: XmlElement, unread: Unread | undefined): unknown[] {
    const items = itemsOf(list).map((item, index) =>
      noting(`[${index}]`, unread, (inner) => this.#value(base, item, inner)),
    );
    return items.filter((item) => item !== undefined);
  }

  #value(base: string, element: XmlElement, unread: Unread | undefined): unknown {
    if (!isScalar(base)) return this.#read(STRUCTS[base as StructName], element, unread);
    if (element.children.length > 0) throw new WireError('not a plain value');
    return READERS[base](element.text);
  }
}

/** Receives the complaint about a value that could not be read. */
export type Unread = (complaint: WireError) => void;

interface PlannedField {
  readonly name: string;
  readonly type: FieldType;
}

/** The fields to read, by their wire name. */
type Plan = ReadonlyMap<string, PlannedField>;

/** Reads a value; the place is put in front of the complaint of a WireError. */
export function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof WireError ? error.inside(place) : error;
  }
}

/** Reads as `within` does, but reports complaints to `unread`, if given, and returns undefined. */
function noting<T>(
  place: string,
  unread: Unread | undefined,
  read: (inner: Unread | undefined) => T,
): T | undefined {
  if (unread === undefined) return within(place, () => read(undefined));
  try {
    return read((complaint) => unread(complaint.inside(place)));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    unread(error.inside(place));
    return undefined;
  }
}

function itemsOf(list: XmlElement): XmlElement[] {
  const items = list.children.filter(({ name }) => name === 'item');
  const foreign = list.children.length > 0 || list.text.trim() !== '';
  // A list in another shape must not count as empty, because its orders would be lost silently.
  if (items.length === 0 && foreign) throw new WireError('not a list');
  if ((list.announced ?? items.length) !== items.length)
    throw new WireError('not as many items as announced');
  return items.filter(({ nil }) => !nil);
}

/** Whether no value is given: nil, or an empty text where only a string may be empty. */
function isVoid(element: XmlElement, base: string): boolean {
  if (element.nil) return true;
  return base !== 'string' && element.children.length === 0 && element.text.trim() === '';
}

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/**
 * A whole number of up to 64 bits as its shortest decimal text. `int` is read in the same way, because ids
 * outgrew it.
 */
function readInteger(text: string): string {
  const trimmed = text.trim();
  if (/^(0|-?[1-9]\d{0,17})$/.test(trimmed)) return trimmed;
  if (!/^[+-]?\d{1,40}$/.test(trimmed)) throw new WireError('not a whole number');
  const value = BigInt(trimmed.replace(/^\+/, ''));
  if (value < INT64.min || value > INT64.max) throw new WireError('more than 64 bits');
  return value.toString();
}

function readBoolean(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed === 'true' || trimmed === '1') return true;
  if (trimmed === 'false' || trimmed === '0') return false;
  throw new WireError('neither true nor false');
}

const READERS: Record<Scalar, (text: string) => string | boolean> = {
  string: (text) => text,
  long: readInteger,
  int: readInteger,
  boolean: readBoolean,
  // Money and time are checked where these texts are converted.
  float: (text) => text.trim(),
  dateTime: (text) => text.trim(),
};
