import { BadRequest, type XmlElement } from './xml.ts';

/** Longest quotation of a value in a fault. The texts are those of a validating parser. */
const LONGEST_VALUE = 60;

const qualified = (name: string, namespace: string): string =>
  namespace === '' ? name : `{${namespace}}${name}`;
const nameOf = ({ name, namespace }: XmlElement): string => qualified(name, namespace);

/** The fault code of a dialect for broken schemas, and the namespace of the elements of its messages. */
export interface SchemaRules {
  readonly fault: string;
  readonly namespace: string;
}

const broken = ({ fault }: SchemaRules, text: string): BadRequest => new BadRequest(text, fault);

function expectation(names: readonly string[], { namespace }: SchemaRules): string {
  if (names.length === 0) return '';
  const listed = names.map((name) => qualified(name, namespace)).join(', ');
  return ` Expected is ${names.length > 1 ? 'one of ' : ''}( ${listed} ).`;
}

export const notExpected = (element: XmlElement, names: readonly string[], rules: SchemaRules): BadRequest =>
  broken(rules, `Element '${nameOf(element)}': This element is not expected.${expectation(names, rules)}`);

export const childMissing = (element: XmlElement, names: readonly string[], rules: SchemaRules): BadRequest =>
  broken(rules, `Element '${nameOf(element)}': Missing child element(s).${expectation(names, rules)}`);

export const wrongValue = (element: XmlElement, type: string, rules: SchemaRules): BadRequest => {
  const value = element.text.slice(0, LONGEST_VALUE);
  return broken(
    rules,
    `Element '${nameOf(element)}': '${value}' is not a valid value of the atomic type 'xs:${type}'.`,
  );
};

export const textBetween = (element: XmlElement, rules: SchemaRules): BadRequest =>
  broken(
    rules,
    `Element '${nameOf(element)}': Character content other than whitespace is not allowed because the content type is 'element-only'.`,
  );

export const childrenInValue = (element: XmlElement, rules: SchemaRules): BadRequest =>
  broken(
    rules,
    `Element '${nameOf(element)}': Element content is not allowed, because the type definition is simple.`,
  );

export const wrongAttribute = (element: XmlElement, attribute: string, rules: SchemaRules): BadRequest =>
  broken(
    rules,
    `Element '${nameOf(element)}', attribute '${attribute}': The attribute '${attribute}' is not allowed.`,
  );

export const wrongType = (element: XmlElement, type: string, rules: SchemaRules): BadRequest =>
  broken(
    rules,
    `Element '${nameOf(element)}', attribute '{http://www.w3.org/2001/XMLSchema-instance}type': The type definition '${type}', specified by xsi:type, is blocked or not validly derived from the type definition of the element declaration.`,
  );
