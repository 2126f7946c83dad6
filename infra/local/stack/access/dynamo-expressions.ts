/** Keywords of expressions; every other name is an attribute. */
const WORDS = new Set(['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'BETWEEN', 'IN']);

/**
 * A path such as `trouble.probeAtMillis` or `#keys.#name[0]`, with the bracket that follows the name of a
 * function.
 */
const PATH = /([#A-Za-z_][\w-]*)(?:\.[#\w-]+|\[\d+\])*\s*(\()?/g;
const VALUE = /:\w+/g;

export type Names = Readonly<Record<string, string>> | undefined;

/** The top-level attributes that an expression of DynamoDB names. */
export function attributesIn(expression: string | undefined, names: Names): string[] {
  const found = (expression ?? '').replace(VALUE, ' ').matchAll(PATH);
  return [...found].flatMap(([, name = '', bracket]) =>
    bracket !== undefined || WORDS.has(name.toUpperCase()) ? [] : [nameOf(name, names)],
  );
}

/** The placeholder of the value that an attribute has to equal, e.g. `:accountId`. */
export function valueOfKey(
  expression: string | undefined,
  { key, names }: { key: string; names: Names },
): string | undefined {
  const equations = (expression ?? '').matchAll(/([#\w]+)\s*=\s*(:\w+)/g);
  return [...equations].find(([, name = '']) => nameOf(name, names) === key)?.[2];
}

const nameOf = (name: string, names: Names): string => names?.[name] ?? name;
