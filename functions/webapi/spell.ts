import type { Dialect } from './dialect.ts';
import { OPERATIONS, type OperationName, type Request } from './operations.ts';
import { type Fields, fieldType, isScalar } from './schema.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { escapeXml } from './xml.ts';

/** Arguments for the `soap` package: wire names in the order of the table, escaped text. */
export type Arguments = Readonly<Record<string, unknown>>;

/**
 * The spelling of fields' names; fields directly in a request may be spelt in another way than those of
 * structs.
 */
type Spelling = (name: string) => string;

export function spellRequest<N extends OperationName>(
  operation: N,
  { request, dialect }: { request: Request<N>; dialect: Dialect },
): Arguments {
  const shape = {
    fields: fieldsOfDialect(OPERATIONS[operation].request, dialect),
    value: request as Arguments,
  };
  const name: Spelling = (field) => dialect.requestField(operation, field);
  return dialect.id === 'rpc-encoded' ? encoded(shape, { dialect, name }) : literal(shape, { dialect, name });
}

interface Shape {
  readonly fields: Fields;
  readonly value: Arguments;
}

interface Words {
  readonly dialect: Dialect;
  readonly name: Spelling;
}

/** The fields that the dialect has. */
export const fieldsOfDialect = (fields: Fields, dialect: Dialect): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !dialect.lacks(name)));

const inside = (base: string, { dialect, value }: { dialect: Dialect; value: unknown }) =>
  [
    { fields: fieldsOfDialect(STRUCTS[base as StructName], dialect), value: value as Arguments },
    { dialect, name: dialect.field },
  ] as const;

/** Spells document/literal: values as they are, lists in their wrapper, absent values left out. */
function literal({ fields, value }: Shape, { dialect, name }: Words): Arguments {
  const spelt: Record<string, unknown> = {};
  for (const [field, word] of Object.entries(fields)) {
    const content = value[field];
    if (content === undefined) continue;
    const { base } = fieldType(word);
    const single = (item: unknown) =>
      isScalar(base) ? escapeXml(String(item)) : literal(...inside(base, { dialect, value: item }));
    spelt[name(field)] = Array.isArray(content) ? { item: content.map(single) } : single(content);
  }
  return spelt;
}

const NIL = { attributes: { 'xsi:nil': 'true' } };

/**
 * Spells RPC/encoded: every value with its type, lists as SOAP arrays, absent values as nil, because every
 * part is declared.
 */
function encoded({ fields, value }: Shape, { dialect, name }: Words): Arguments {
  const spelt: Record<string, unknown> = {};
  for (const [field, word] of Object.entries(fields)) {
    const content = value[field];
    const { base } = fieldType(word);
    const type = typeName(base);
    const single = (item: unknown) => ({
      attributes: { 'xsi:type': type },
      ...(isScalar(base)
        ? { $xml: escapeXml(String(item)) }
        : encoded(...inside(base, { dialect, value: item }))),
    });
    if (content === undefined) spelt[name(field)] = NIL;
    else if (Array.isArray(content)) spelt[name(field)] = soapArray(type, content.map(single));
    else spelt[name(field)] = single(content);
  }
  return spelt;
}

const typeName = (base: string) => (isScalar(base) ? `xsd:${base}` : `typens:${base}`);

const soapArray = (type: string, items: readonly unknown[]) => ({
  attributes: { 'xsi:type': 'SOAP-ENC:Array', 'SOAP-ENC:arrayType': `${type}[${items.length}]` },
  ...(items.length > 0 && { item: items }),
});
