import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Dialect, DOCUMENT_LITERAL, RPC_ENCODED } from '../../../functions/webapi/dialect.ts';
import { OPERATIONS, type OperationName, type Request } from '../../../functions/webapi/operations.ts';
import { renderWsdl } from '../../../functions/webapi/wsdl.ts';
import { createOperations } from '../../support/webapi.ts';
import { requestOf } from '../../support/wire-values.ts';
import { problemsOf } from '../../support/wsdl-check.ts';
import { readContract } from '../../support/wsdl-contract.ts';
import { fixturesWith, readFixture, SOON, settingsFor } from './support.ts';

// The marketplaces' own WSDLs cannot be part of this repository; they are compared if they lie beside it.
const REAL = new URL('../../../../shared/wsdl/', import.meta.url);
const strict = fixturesWith('meaning.json');
const NAMES = Object.keys(OPERATIONS) as OperationName[];

const SERVICES = [
  {
    dialect: DOCUMENT_LITERAL,
    namespace: 'urn:SandboxWebApi',
    file: 'allegro-service-document-literal.wsdl',
  },
  { dialect: RPC_ENCODED, namespace: 'urn:AllegroWebApi', file: 'aukro-uploader-rpc-encoded.wsdl' },
] as const;

const contractOf = (service: { dialect: Dialect; namespace: string; lean?: boolean }) =>
  readContract(renderWsdl({ ...service, endpoint: 'https://x/' }));

describe.each(SERVICES)('our WSDL of $dialect.id', ({ dialect, namespace }) => {
  const ours = contractOf({ dialect, namespace });

  it('describes every operation of the table that the dialect has', () => {
    expect(Object.keys(ours.operations)).toEqual(NAMES.filter((name) => !dialect.lacks(name)));
  });

  it('leaves replies out when only requests are written', () => {
    const lean = contractOf({ dialect, namespace, lean: true });
    expect(lean.operations.doGetDeals?.input).toEqual(ours.operations.doGetDeals?.input);
    expect(lean.operations.doGetDeals?.soapAction).toBe(ours.operations.doGetDeals?.soapAction);
    expect(ours.structs).toHaveProperty('DealsStruct');
    expect(lean.structs).not.toHaveProperty('DealsStruct');
  });
});

/** The body of the request that we would send. */
async function written(dialect: Dialect, operation: OperationName, request: object): Promise<string> {
  let body = '';
  const transport = async (post: { body: string }) => {
    body = post.body;
    return { status: 200, contentType: undefined, body: new Uint8Array() };
  };
  const settings = { ...settingsFor('http://127.0.0.1/', dialect.id), ...namespaceOf(dialect) };
  await createOperations(settings, { transport })
    .call(operation, request as Request<OperationName>, SOON)
    .catch(() => {});
  return body;
}

const namespaceOf = (dialect: Dialect) => ({
  namespace: SERVICES.find((service) => service.dialect === dialect)?.namespace ?? '',
});

for (const { dialect, namespace, file } of SERVICES) {
  const path = new URL(file, REAL);
  if (!existsSync(path)) {
    console.info(`NOT compared with the real WSDL of ${dialect.id}: it does not lie beside the repository.`);
    continue;
  }
  const real = readContract(readFileSync(path, 'utf8'));
  const ours = contractOf({ dialect, namespace });
  const operations = Object.keys(ours.operations) as OperationName[];

  describe(`against the real WSDL of ${dialect.id}`, () => {
    it('the namespace and its reach agree', () => {
      expect([ours.namespace, ours.qualified]).toEqual([real.namespace, real.qualified]);
    });

    it('only what it lacks is left out', () => {
      expect(NAMES.filter((name) => real.operations[name] !== undefined)).toEqual(operations);
    });

    it.each(operations)('%s agrees in names, types, order, optionality and SOAPAction', (name) => {
      expect(ours.operations[name]).toEqual(real.operations[name]);
    });

    it.each(Object.keys(ours.structs))('%s agrees in names, types, order and optionality', (name) => {
      expect(ours.structs[name]).toEqual(real.structs[name]);
    });

    it.each(operations)('every request of %s is valid, full or bare', async (operation) => {
      for (const full of [true, false]) {
        const body = await written(dialect, operation, requestOf(operation, { dialect, full }));
        expect(body).toContain(dialect.requestElement(operation));
        expect(problemsOf(body, { contract: real, operation, way: 'input' })).toEqual([]);
      }
    });

    it.each(fixturesWith(`${dialect.id}/request.xml`))('the fixture %s is valid', (name) => {
      const operation = String(name.split('__')[0]);
      const check = (way: 'input' | 'output') => {
        const xml = readFixture(`${name}/${dialect.id}/${way === 'input' ? 'request' : 'response'}.xml`);
        const ours = xml.replaceAll('urn:ExampleWebApi', namespace);
        expect(problemsOf(ours, { contract: real, operation, way })).toEqual([]);
      };
      if (!name.endsWith('at_aukro')) check('input');
      // Replies of the other fixtures hold more than the WSDL, or break it on purpose.
      if (strict.includes(name)) check('output');
    });
  });
}
