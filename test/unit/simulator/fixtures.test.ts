import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { documentLiteral } from '../../../infra/local/simulator/wire/doclit.ts';
import {
  type Field,
  fieldsOf,
  isScalar,
  structFields,
} from '../../../infra/local/simulator/wire/notation.ts';
import {
  isOperation,
  OPERATIONS,
  type OperationName,
} from '../../../infra/local/simulator/wire/operations.ts';
import { rpcEncoded } from '../../../infra/local/simulator/wire/rpc.ts';

/** Hand-written messages. Client and simulator are judged by them, and not by each other. */
const FIXTURES = join(import.meta.dirname, '../../fixtures/wire');

const DIALECTS = [
  {
    folder: 'document-literal',
    dialect: documentLiteral('urn:ExampleWebApi'),
    action: (name: string) => `#${name}`,
  },
  {
    folder: 'rpc-encoded',
    dialect: rpcEncoded('urn:AllegroWebApi'),
    action: (name: string) => `#${name.toLowerCase()}`,
  },
];

interface Element {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The element in the envelope's body, with prefixes resolved and without white space of layout. */
function bodyOf(xml: string): Element {
  const root: Element = { name: '', namespace: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const kept = Object.values(attributes).filter(
      ({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns',
    );
    const entries = kept.map(({ uri: space, local: own, value }) => [`{${space}}${own}`, value]);
    const element = {
      name: local,
      namespace: uri,
      attributes: Object.fromEntries(entries),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined && element.children.length > 0) element.text = element.text.trim();
  });
  parser.write(xml).close();
  const body = root.children[0]?.children.at(-1)?.children[0];
  if (body === undefined) throw new Error('nothing in the body');
  return body;
}

const NIL = '{http://www.w3.org/2001/XMLSchema-instance}nil';
const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** The values of a message, for writing it again. */
function valuesOf(element: Element, fields: readonly Field[]): Record<string, unknown> {
  const one = (child: Element, type: Field['type']) =>
    isScalar(type) ? child.text : valuesOf(child, structFields(type));
  const entries = element.children.flatMap((child) => {
    const field = fields.find(({ name }) => name === camel(child.name));
    if (child.attributes[NIL] === 'true' || field === undefined) return [];
    const value = field.list ? child.children.map((item) => one(item, field.type)) : one(child, field.type);
    return [[field.name, value] as const];
  });
  return Object.fromEntries(entries);
}

/**
 * Whether a reply has the published elements. Some fixtures deviate on purpose, which the simulator cannot
 * send.
 */
function isAsPublished(element: Element, fields: readonly Field[]): boolean {
  const present = element.children.map(({ name }) => camel(name));
  return (
    fields.every(({ name, optional }) => optional || present.includes(name)) &&
    element.children.every((child) => {
      const field = fields.find(({ name }) => name === camel(child.name));
      if (field === undefined) return false;
      if (child.attributes[NIL] === 'true') return field.optional && child.namespace === '';
      if (isScalar(field.type)) return true;
      const own = structFields(field.type);
      return field.list
        ? child.children.every((item) => isAsPublished(item, own))
        : isAsPublished(child, own);
    })
  );
}

const folders = existsSync(FIXTURES) ? readdirSync(FIXTURES) : [];

describe.each(DIALECTS)('the hand-written messages in $folder', ({ folder, dialect, action }) => {
  const cases = folders
    .map((fixture) => ({
      fixture,
      operation: fixture.split('__')[0] ?? '',
      path: join(FIXTURES, fixture, folder),
    }))
    .filter(
      (one): one is typeof one & { operation: OperationName } =>
        isOperation(one.operation) && existsSync(one.path),
    );
  const read = (path: string, name: string) => readFileSync(join(path, `${name}.xml`), 'utf8');

  it.each(cases)('request of $fixture is understood', ({ fixture, operation, path }) => {
    const acceptsCountryId = fixture.includes('country_id');
    const call = dialect.decode(read(path, 'request'), action(operation), { acceptsCountryId });
    expect(call.operation).toBe(operation);
    expect(Object.keys(call.request)).not.toEqual([]);
  });

  const replies = cases
    .map((one) => ({ ...one, body: bodyOf(read(one.path, 'response')) }))
    .filter(
      ({ body, operation }) =>
        body.name === 'Fault' || isAsPublished(body, fieldsOf(OPERATIONS[operation].reply)),
    );

  it('are as published, most of them', () => {
    expect(replies.length).toBeGreaterThanOrEqual(cases.length * 0.8);
  });

  it.each(replies)('reply of $fixture could be ours', ({ operation, body }) => {
    const [code, text] = body.children.map((child) => child.text);
    const ours =
      body.name === 'Fault'
        ? dialect.encodeFault(code ?? '', text ?? '')
        : dialect.encodeReply(operation, valuesOf(body, fieldsOf(OPERATIONS[operation].reply)));
    const written = bodyOf(ours);
    // The messages leave out elements without a meaning for clients.
    const children = written.children.filter(({ name }) => name !== 'faultactor');
    expect({ ...written, children }).toEqual(body);
  });
});
