/** Values of the names that a template refers to. Both methods throw for an unknown name. */
export interface Lookup {
  ref(name: string): string;
  attribute(logicalId: string, attribute: string): string;
}

type Evaluate = (argument: unknown, lookup: Lookup) => unknown;

const INTRINSICS: Readonly<Record<string, Evaluate>> = {
  Ref: (argument, lookup) => lookup.ref(String(argument)),
  'Fn::GetAtt': (argument, lookup) => {
    const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.');
    return lookup.attribute(logicalId, attribute.join('.'));
  },
  'Fn::Join': (argument, lookup) => {
    const [separator, parts] = resolve(argument, lookup) as [string, unknown[]];
    return parts.join(separator);
  },
  'Fn::Sub': (argument, lookup) => {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return substitute(String(text), resolve(variables, lookup) as Record<string, unknown>, lookup);
  },
};

/** Replaces every intrinsic function in a value by its result. Throws for an unknown function. */
export function resolve(value: unknown, lookup: Lookup): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, lookup));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
    const evaluate = INTRINSICS[key];
    if (evaluate === undefined) throw new Error(`The embedded stack does not know ${key}.`);
    return evaluate(argument, lookup);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item, lookup)]));
}

function substitute(text: string, variables: Record<string, unknown>, lookup: Lookup): string {
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (name in variables) return String(variables[name]);
    const dot = name.indexOf('.');
    return dot < 0 ? lookup.ref(name) : lookup.attribute(name.slice(0, dot), name.slice(dot + 1));
  });
}
