import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentLiteral } from '../../../infra/local/simulator/wire/doclit.ts';
import { OPERATIONS } from '../../../infra/local/simulator/wire/operations.ts';
import { rpcEncoded } from '../../../infra/local/simulator/wire/rpc.ts';
import { describeDoclit, describeRpc } from './wsdl-kit.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/wsdl');
const NAMES = Object.keys(OPERATIONS);
const NO_OPERATION_OF_RPC = 'doGetPostBuyFormsIds';

const DIALECTS = [
  {
    name: 'document/literal',
    ours: () => describeDoclit(documentLiteral('urn:SandboxWebApi').wsdl('http://127.0.0.1/service.php')),
    published: join(SHARED, 'allegro-service-document-literal.wsdl'),
    read: describeDoclit,
    operations: NAMES,
  },
  {
    name: 'RPC/encoded',
    ours: () => describeRpc(rpcEncoded('urn:AllegroWebApi').wsdl('http://127.0.0.1/uploader.php')),
    published: join(SHARED, 'aukro-uploader-rpc-encoded.wsdl'),
    read: describeRpc,
    operations: NAMES.filter((name) => name !== NO_OPERATION_OF_RPC),
  },
];

describe.each(DIALECTS)('our $name WSDL', ({ ours, published, read, operations }) => {
  it('describes every operation that the simulator answers', () => {
    const { types, operations: described } = ours();
    expect([...described.keys()].toSorted()).toEqual(operations.toSorted());
    for (const { request, reply } of described.values()) {
      expect(types.has(request)).toBe(true);
      expect(types.has(reply)).toBe(true);
    }
  });

  const found = existsSync(published);
  it(`agrees with the published one${found ? '' : ' (NOT CHECKED: ../shared/wsdl is not here)'}`, () => {
    if (!found) {
      console.warn('The published WSDL is not here, so ours was not compared with it.');
      return;
    }
    const { types, operations: described } = ours();
    const real = read(readFileSync(published, 'utf8'));
    expect(types.size).toBeGreaterThan(80);
    for (const [name, children] of types)
      expect({ name, children }).toEqual({ name, children: real.types.get(name) });
    for (const [name, one] of described)
      expect({ name, ...one }).toEqual({ name, ...real.operations.get(name) });
  });
});
