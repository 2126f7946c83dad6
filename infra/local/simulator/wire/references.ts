import { BadRequest, type XmlElement } from './xml.ts';

const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';
/**
 * Most elements of a resolved call. A value that many places refer to is copied to each, so a short message
 * could grow without end.
 */
const MOST_ELEMENTS = 10_000;

/**
 * The call with every `href` replaced by what it refers to. SOAP 1.1, section 5.4.1: encoded values may stand beside
 * the call, each with an `id`, as clients of Java and .NET send them. Throws `BadRequest` for a reference to nothing
 * or to itself.
 */
export function withoutReferences([call, ...beside]: readonly XmlElement[]): XmlElement {
  if (call === undefined) throw new BadRequest('the Body must hold one element');
  const stranger = beside.find((element) => idOf(element) === undefined);
  if (stranger !== undefined) throw new BadRequest(`${stranger.name} stands beside the call without an id`);
  const targets = new Map<string, XmlElement>();
  for (const element of [call, ...beside]) collect(element, targets);
  let elements = 0;
  const resolved = (element: XmlElement, within: readonly string[]): XmlElement => {
    elements += 1;
    if (elements > MOST_ELEMENTS) throw new BadRequest('its references make the message too large');
    const id = hrefOf(element);
    if (id === undefined) return withChildren(element, (child) => resolved(child, within));
    const target = targets.get(id);
    if (target === undefined || within.includes(id))
      throw new BadRequest(`#${id} refers to nothing, or to itself`);
    const { name, namespace } = element;
    return withChildren({ ...target, name, namespace }, (child) => resolved(child, [...within, id]));
  };
  return resolved(call, []);
}

function withChildren(element: XmlElement, of: (child: XmlElement) => XmlElement): XmlElement {
  const attributes = element.attributes.filter(
    ({ name, namespace }) =>
      !(namespace === '' && name === 'id') && !(namespace === ENCODING && name === 'root'),
  );
  return { ...element, attributes, children: element.children.map(of) };
}

function collect(element: XmlElement, targets: Map<string, XmlElement>): void {
  const id = idOf(element);
  if (id !== undefined) targets.set(id, element);
  for (const child of element.children) collect(child, targets);
}

const plain = ({ attributes }: XmlElement, wanted: string): string | undefined =>
  attributes.find(({ name, namespace }) => namespace === '' && name === wanted)?.value;

const idOf = (element: XmlElement): string | undefined => plain(element, 'id');
const hrefOf = (element: XmlElement): string | undefined => plain(element, 'href')?.replace(/^#/, '');
