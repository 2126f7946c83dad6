import { existsSync, readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_LITERAL } from '../../../functions/webapi/dialect.ts';
import { OPERATIONS } from '../../../functions/webapi/operations.ts';
import { renderWsdl } from '../../../functions/webapi/wsdl.ts';

// The marketplace's own WSDL cannot be part of this repository; it is compared where it lies beside it.
const REAL = new URL('../../../../shared/wsdl/allegro-service-document-literal.wsdl', import.meta.url);
const NAMESPACE = 'urn:SandboxWebApi';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  const parser = new SaxesParser<{ xmlns: false }>({ xmlns: false });
  parser.on('opentag', (tag) => {
    const element = { name: local(tag.name), attributes: tag.attributes, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return root;
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

const all = (element: Element, name: string): Element[] =>
  element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);

interface Contract {
  readonly elementForm: string | undefined;
  /** Every named type and element: its kind of group and its members in order. */
  readonly shapes: Readonly<Record<string, string[]>>;
  readonly operations: Readonly<
    Record<string, { soapAction: string; use: string[]; input: string; output: string }>
  >;
}

function contractOf(xml: string): Contract {
  const root = parse(xml);
  const [schema] = all(root, 'schema');
  const named = (schema?.children ?? []).map((child): [string, string[]] => {
    const group = all(child, 'sequence')[0] ?? all(child, 'all')[0];
    return [
      child.attributes.name ?? '',
      [`${child.name} ${group?.name}`, ...(group?.children ?? []).map(memberText)],
    ];
  });
  const [binding] = all(root, 'binding').filter((found) => found.attributes.type !== undefined);
  const [portType] = all(root, 'portType');
  const messages = new Map(
    all(root, 'message').map((message) => [
      message.attributes.name,
      all(message, 'part')[0]?.attributes.element,
    ]),
  );
  const messageOf = (operation: string, way: 'input' | 'output') => {
    const found = portType?.children.find(({ attributes }) => attributes.name === operation);
    const message = found?.children.find(({ name }) => name === way)?.attributes.message;
    return String(messages.get(local(message ?? '')));
  };
  const operations = (binding?.children ?? []).filter(({ attributes }) => attributes.name !== undefined);
  return {
    elementForm: schema?.attributes.elementFormDefault,
    shapes: Object.fromEntries(named),
    operations: Object.fromEntries(
      operations.map((operation) => {
        const name = String(operation.attributes.name);
        return [
          name,
          {
            soapAction: String(all(operation, 'operation')[0]?.attributes.soapAction),
            use: all(operation, 'body').map(({ attributes }) => String(attributes.use)),
            input: messageOf(name, 'input'),
            output: messageOf(name, 'output'),
          },
        ];
      }),
    ),
  };
}

const memberText = ({ attributes }: Element): string =>
  [attributes.name, attributes.type, attributes.minOccurs ?? '1', attributes.maxOccurs ?? '1'].join(' ');

const ours = contractOf(
  renderWsdl({ dialect: DOCUMENT_LITERAL, namespace: NAMESPACE, endpoint: 'https://x/' }),
);

describe('our WSDL', () => {
  it('describes every operation of the table, and only those', () => {
    expect(Object.keys(ours.operations)).toEqual(Object.keys(OPERATIONS));
    expect(ours.shapes.PostBuyFormDataStruct?.slice(0, 3)).toEqual([
      'complexType all',
      'postBuyFormId xsd:long 1 1',
      'postBuyFormItems tns:ArrayOfPostbuyformitemstruct 0 1',
    ]);
  });

  it('leaves replies out when only requests are written', () => {
    const lean = contractOf(
      renderWsdl({ dialect: DOCUMENT_LITERAL, namespace: NAMESPACE, endpoint: 'https://x/', replies: false }),
    );
    expect(lean.operations).toEqual(ours.operations);
    expect(lean.shapes.DoGetDealsRequest).toEqual(ours.shapes.DoGetDealsRequest);
    expect(lean.shapes).not.toHaveProperty('DealsStruct');
  });
});

if (existsSync(REAL)) {
  describe('against the real document/literal WSDL', () => {
    const real = contractOf(readFileSync(REAL, 'utf8'));

    it('children are qualified', () => {
      expect(ours.elementForm).toBe(real.elementForm);
    });

    it.each(Object.keys(ours.operations))('the operation %s agrees', (name) => {
      expect(ours.operations[name]).toEqual(real.operations[name]);
    });

    it.each(Object.keys(ours.shapes))('%s has the same fields, types, order and optionality', (name) => {
      expect(ours.shapes[name]).toEqual(real.shapes[name]);
    });
  });
} else {
  console.info('NOT compared with the real WSDL: it does not lie beside the repository.');
}
