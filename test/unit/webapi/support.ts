import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SaxesParser } from 'saxes';
import { onTestFinished } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import type { DialectId } from '../../../functions/webapi/dialect.ts';
import type { WebapiSettings } from '../../../functions/webapi/presets.ts';

export const NAMESPACE = 'urn:ExampleWebApi';
export const DIALECTS = ['document-literal', 'rpc-encoded'] as const;
export const HANDLE = new Secret('00112233445566778899aabbccddeeff00112233aa//01_1');
export const KEY = new Secret('k0000test1');
/** The version key of the logins in the fixtures. */
export const VERSION_KEY = '1420000001';
export const SOON = { timeoutMillis: 5_000 };

export const credentials = (password: string, login = 'sklep_testowy') => ({
  login,
  applicationPassword: new Secret(password),
  integrationKey: KEY,
});

const DIALECT_SETTINGS = {
  'document-literal': { namespace: NAMESPACE },
  'rpc-encoded': { namespace: 'urn:AllegroWebApi' },
};

export const settingsFor = (endpoint: string, dialect: DialectId = 'document-literal'): WebapiSettings => ({
  driver: 'webapi',
  id: 'test',
  name: 'Test',
  endpoint,
  dialect,
  namespace: DIALECT_SETTINGS[dialect].namespace,
  countryParameter: 'countryCode',
  droppedOperations: [],
  countryId: 1,
  timeZone: 'Europe/Warsaw',
  currency: 'PLN',
  passwordMaxLength: 16,
  sessionLifeMillis: 3_600_000,
  identity: 'example',
  journalPageSize: 100,
  fillsJournalPages: false,
  saleBatchSize: 25,
});

const FIXTURES = new URL('../../fixtures/wire/', import.meta.url);

/** The names of all fixtures that hold this file. */
export const fixturesWith = (file: string): string[] =>
  readdirSync(FIXTURES).filter((name) => existsSync(new URL(`${name}/${file}`, FIXTURES)));

export const readFixture = (path: string): string => readFileSync(new URL(path, FIXTURES), 'utf8');

export const fixture = (name: string, dialect: DialectId = 'document-literal') => ({
  request: readFixture(`${name}/${dialect}/request.xml`),
  response: readFixture(`${name}/${dialect}/response.xml`),
});

/** A server on loopback that is closed after the test. */
export async function serve(listener: RequestListener): Promise<{ endpoint: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/service.php`, server };
}

export interface Canned {
  readonly body: string | Uint8Array;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server that answers every request alike and records the requests. */
export async function serveCanned({ body, status = 200, headers }: Canned) {
  const requests: { message: IncomingMessage; body: string }[] = [];
  const { endpoint } = await serve(async (message, response) => {
    requests.push({ message, body: await bodyOf(message) });
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8', ...headers });
    response.end(body);
  });
  return { endpoint, requests };
}

export async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export const envelope = (content: string): string =>
  `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="${NAMESPACE}"><S:Body>${content}</S:Body></S:Envelope>`;

export const faultEnvelope = (code: string, text = 'text'): string =>
  envelope(`<S:Fault><faultcode>${code}</faultcode><faultstring>${text}</faultstring></S:Fault>`);

type Canonical = [name: string, attributes: string[], content: (Canonical | string)[]];

/** A document in a form that is independent of prefixes, quotes, entities and indentation. */
export function canonical(xml: string): Canonical[] {
  const root: Canonical = ['', [], []];
  const open = [root];
  const parser = new SaxesParser<{ xmlns: true }>({ xmlns: true });
  parser.on('opentag', (tag) => {
    const attributes = Object.values(tag.attributes).filter(
      ({ uri }) => uri !== 'http://www.w3.org/2000/xmlns/',
    );
    const element: Canonical = [
      `{${tag.uri}}${tag.local}`,
      attributes.map(({ uri, local, value }) => `{${uri}}${local}=${value}`).sort(),
      [],
    ];
    open.at(-1)?.[2].push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    const closed = open.pop();
    const hasElements = closed?.[2].some((part) => typeof part !== 'string');
    if (closed && hasElements)
      closed[2] = closed[2].filter((part) => typeof part !== 'string' || part.trim() !== '');
  });
  parser.on('text', (text) => open.at(-1)?.[2].push(text));
  parser.write(xml).close();
  return root[2].filter((part) => typeof part !== 'string');
}
