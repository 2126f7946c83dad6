import { existsSync, readFileSync } from 'node:fs';
import { type Dialect, DOCUMENT_LITERAL, RPC_ENCODED } from '../../functions/webapi/dialect.ts';
import type { OperationName } from '../../functions/webapi/operations.ts';
import { renderWsdl } from '../../functions/webapi/wsdl.ts';

const REAL = new URL('../../../shared/wsdl/', import.meta.url);
const FIXTURES = new URL('../fixtures/wire/', import.meta.url);

export interface Service {
  readonly dialect: Dialect;
  readonly namespace: string;
  readonly file: string;
}

export const SERVICES: readonly Service[] = [
  {
    dialect: DOCUMENT_LITERAL,
    namespace: 'urn:SandboxWebApi',
    file: 'allegro-service-document-literal.wsdl',
  },
  { dialect: RPC_ENCODED, namespace: 'urn:AllegroWebApi', file: 'aukro-uploader-rpc-encoded.wsdl' },
];

/** The WSDL that a plain client is made from: the real one if it lies beside the repository. */
export function plainWsdl({ dialect, namespace, file }: Service): string {
  const path = new URL(file, REAL);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  return renderWsdl({ dialect, namespace, endpoint: 'https://127.0.0.1/' });
}

export const hasRealWsdls = (): boolean => SERVICES.every(({ file }) => existsSync(new URL(file, REAL)));

/** A reply in which the items of a fixture are repeated `count` times. */
export function manyOf(fixture: string, { service, count }: { service: Service; count: number }): string {
  const xml = responseOf(fixture, service);
  const rpc = service.dialect.id === 'rpc-encoded';
  // The outermost list: its items come first, and end where the list ends.
  const [, open = '', name = ''] = /(<(?:ns1:)?([\w-]+)[^<>]*>)\s*<(?:ns1:)?item\b/.exec(xml) ?? [];
  const from = xml.indexOf(open) + open.length;
  const to = xml.lastIndexOf(`</${rpc ? '' : 'ns1:'}${name}>`);
  const head = xml.slice(0, from).replace(/\[1\](?=">$)/, `[${count}]`);
  return head + xml.slice(from, to).repeat(count) + xml.slice(to);
}

export const responseOf = (fixture: string, { dialect, namespace }: Service): string =>
  readFileSync(new URL(`${fixture}/${dialect.id}/response.xml`, FIXTURES), 'utf8').replaceAll(
    'urn:ExampleWebApi',
    namespace,
  );

export interface Page {
  readonly name: string;
  readonly operation: OperationName;
  readonly fixture: string;
  readonly count: number;
}

export const PAGES: readonly Page[] = [
  {
    name: '100 journal rows',
    operation: 'doGetSiteJournalDeals',
    fixture: 'doGetSiteJournalDeals__a_single_event',
    count: 100,
  },
  {
    name: '25 sales',
    operation: 'doGetPostBuyFormsDataForSellers',
    fixture: 'doGetPostBuyFormsDataForSellers__a_cart_paid_online',
    count: 25,
  },
];
