import { STRUCTS, type StructName } from './structs.ts';

/**
 * XML Schema types of single values, and how the simulator holds them: longs and floats as text, so that no
 * digit is lost.
 */
interface Scalars {
  string: string;
  int: number;
  long: string;
  float: string;
  boolean: boolean;
  dateTime: string;
}

export type ScalarName = keyof Scalars;

type Named<T extends string> = T extends ScalarName
  ? Scalars[T]
  : T extends StructName
    ? Message<(typeof STRUCTS)[T]>
    : never;

type Value<T extends string> = T extends `${infer Item}[]` ? readonly Named<Item>[] : Named<T>;

type NameIfRequired<F extends string> = F extends `${string}?`
  ? never
  : F extends `${infer Name}:${string}`
    ? Name
    : never;

type NameIfOptional<F extends string> = F extends `${infer Name}:${string}?` ? Name : never;

/** The values of a message or structure, derived from its row in a table. */
export type Message<Fields extends readonly string[]> = {
  readonly [F in Fields[number] as NameIfRequired<F>]: F extends `${string}:${infer T}` ? Value<T> : never;
} & {
  readonly [F in Fields[number] as NameIfOptional<F>]?: F extends `${string}:${infer T}?` ? Value<T> : never;
};

export interface Field {
  readonly name: string;
  /** Name of a scalar or of a structure; the type of each item if `list` is set. */
  readonly type: ScalarName | StructName;
  readonly list: boolean;
  readonly optional: boolean;
}

const FIELD = /^(\w+):(\w+)(\[\])?(\?)?$/;
const SCALARS: readonly string[] = [
  'string',
  'int',
  'long',
  'float',
  'boolean',
  'dateTime',
] satisfies ScalarName[];

export const isScalar = (type: string): type is ScalarName => SCALARS.includes(type);
const isStruct = (type: string): type is StructName => Object.hasOwn(STRUCTS, type);

function readField(text: string): Field {
  const [, name = '', type = '', list, optional] = FIELD.exec(text) ?? [];
  if (!isScalar(type) && !isStruct(type)) throw new Error(`no such field notation: ${text}`);
  return { name, type, list: list !== undefined, optional: optional !== undefined };
}

const parsed = new WeakMap<readonly string[], readonly Field[]>();

/** The fields of a table row, in order; a row is parsed once. Throws for a row that names an unknown type. */
export function fieldsOf(row: readonly string[]): readonly Field[] {
  const known = parsed.get(row);
  if (known !== undefined) return known;
  const fields = row.map(readField);
  parsed.set(row, fields);
  return fields;
}

export const structFields = (name: StructName): readonly Field[] => fieldsOf(STRUCTS[name]);
