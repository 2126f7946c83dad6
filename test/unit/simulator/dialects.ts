import { at, element, envelope, type Node, type Play, play, type Reply, readXml } from './kit.ts';

/** An element of a request, in order: a scalar, a structure as such elements again, or a list. */
export type Row = readonly [name: string, value: Value];
type Value = string | number | readonly Row[] | List;
interface List {
  readonly items: readonly (string | number | readonly Row[])[];
}

export const listOf = (...items: List['items']): List => ({ items });

export const DIALECTS = ['doclit', 'rpc'] as const;
export type DialectName = (typeof DIALECTS)[number];

const hyphens = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Plain elements as a recorded client sent them: in RPC without types and namespaces. */
function write(dialect: DialectName, [name, value]: Row): string {
  const tag = (content: string | number) =>
    dialect === 'doclit' ? element(name, content) : `<${hyphens(name)}>${content}</${hyphens(name)}>`;
  if (typeof value === 'string' || typeof value === 'number') return tag(value);
  const rows = 'items' in value ? value.items.map((item): Row => ['item', item]) : value;
  return tag(rows.map((row) => write(dialect, row)).join(''));
}

export const rpcEnvelope = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:typens="urn:AllegroWebApi">
  <SOAP-ENV:Body SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">${content}</SOAP-ENV:Body>
</SOAP-ENV:Envelope>`;

export const postRpc = (url: string, action: string, body: string) =>
  fetch(`${url}/uploader.php`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: `"#${action}"` },
    body,
  });

/** The same tree with camelCase names. */
function inCamelCase({ text, children }: Node): Node {
  const renamed = Object.entries(children).map(([name, nodes]) => [camel(name), nodes.map(inCamelCase)]);
  return { text, children: Object.fromEntries(renamed) };
}

export interface Speaker {
  readonly simulator: Play;
  /** Calls an operation; the reply has camelCase names in both dialects. */
  readonly say: (operation: string, rows: readonly Row[]) => Promise<Reply>;
}

export function speak(dialect: DialectName, simulator: Play): Speaker {
  const say = async (operation: string, rows: readonly Row[]): Promise<Reply> => {
    const children = rows.map((row) => write(dialect, row)).join('');
    const response =
      dialect === 'doclit'
        ? await simulator.post(operation, envelope(element(`D${operation.slice(1)}Request`, children)))
        : await postRpc(
            simulator.url,
            operation.toLowerCase(),
            rpcEnvelope(`<typens:${operation}>${children}</typens:${operation}>`),
          );
    const body = inCamelCase(at(readXml(await response.text()), 'Envelope.Body'));
    const fault = body.children.Fault?.[0];
    return {
      status: response.status,
      fault: fault && at(fault, 'faultcode').text,
      faultText: fault === undefined ? '' : at(fault, 'faultstring').text,
      body: fault ?? at(body, `${operation}Response`),
    };
  };
  return { simulator, say };
}

export const PASSWORD = 'tajne-haslo';

/** A seller with orders, and a session opened in the dialect. */
export async function shop(dialect: DialectName, { orders = 60, country = 1 } = {}) {
  const simulator = await play({ seed: 11 });
  const account = { login: 'sklep', country, twoStep: false, accountPassword: PASSWORD };
  await simulator.control('POST sellers', account);
  if (orders > 0) await simulator.control('POST buyers', { orders });
  const speaker = speak(dialect, simulator);
  return { ...speaker, session: await openSession(speaker, country) };
}

export async function openSession({ simulator, say }: Speaker, country = 1): Promise<string> {
  const login: readonly Row[] = [
    ['userLogin', 'sklep'],
    ['userPassword', PASSWORD],
    ['countryCode', country],
    ['webapiKey', 'k0000test1'],
    ['localVersion', await simulator.versionKey(country)],
  ];
  return at((await say('doLogin', login)).body, 'sessionHandlePart').text;
}
