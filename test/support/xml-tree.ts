import { SaxesParser } from 'saxes';

/** An element with its names resolved. */
export interface Node {
  readonly uri: string;
  readonly name: string;
  /** Attributes by `{uri}name`, or by the bare name without a namespace. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
  /** Resolves a prefixed name in this place; for names inside values. */
  readonly resolve: (prefixed: string) => string;
}

/** Reads a document with namespaces. Throws for a document that is not well-formed. */
export function readTree(xml: string): Node {
  const parser = new SaxesParser<{ xmlns: true }>({ xmlns: true });
  const open: Node[] = [];
  let root: Node | undefined;
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes).map(({ uri, local, value }): [string, string] => [
      uri === '' ? local : `{${uri}}${local}`,
      value,
    ]);
    const scope = Object.assign({}, ...open.map(scopeOf), tag.ns);
    const node = {
      uri: tag.uri,
      name: tag.local,
      attributes: Object.fromEntries(attributes),
      children: [],
      text: '',
      resolve: (prefixed: string) => resolved(prefixed, scope),
    };
    scopes.set(node, tag.ns);
    open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  });
  parser.on('text', (text) => append(open.at(-1), text));
  parser.on('cdata', (text) => append(open.at(-1), text));
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  if (root === undefined) throw new Error('an empty document');
  return root;
}

const scopes = new WeakMap<Node, Record<string, string>>();
const scopeOf = (node: Node) => scopes.get(node) ?? {};

function append(node: Node | undefined, text: string): void {
  if (node !== undefined) node.text += text;
}

function resolved(prefixed: string, scope: Readonly<Record<string, string>>): string {
  const [prefix = '', local] = prefixed.includes(':') ? prefixed.split(':') : ['', prefixed];
  return `{${scope[prefix] ?? ''}}${local}`;
}

export const descendants = (node: Node, name: string): Node[] =>
  node.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
