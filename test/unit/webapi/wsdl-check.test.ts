import { describe, expect, it } from 'vitest';
import { DOCUMENT_LITERAL, RPC_ENCODED } from '../../../functions/webapi/dialect.ts';
import { renderWsdl } from '../../../functions/webapi/wsdl.ts';
import { problemsOf } from '../../support/wsdl-check.ts';
import { readContract } from '../../support/wsdl-contract.ts';
import { readFixture } from './support.ts';

const SERVICES = {
  'document-literal': { dialect: DOCUMENT_LITERAL, namespace: 'urn:ExampleWebApi' },
  'rpc-encoded': { dialect: RPC_ENCODED, namespace: 'urn:AllegroWebApi' },
};

/** Problems that the checker finds in a changed request. A checker that cannot find any proves nothing. */
function verdict(dialect: keyof typeof SERVICES, change: (xml: string) => string): string[] {
  const contract = readContract(renderWsdl({ ...SERVICES[dialect], endpoint: 'https://x/' }));
  const xml = readFixture(`doGetItemsInfo__found_lost_and_removed/${dialect}/request.xml`);
  const changed = change(xml);
  return problemsOf(changed, { contract, operation: 'doGetItemsInfo', way: 'input' });
}

const replacing = (from: string | RegExp, to: string) => (xml: string) => {
  const changed = xml.replace(from, to);
  if (changed === xml) throw new Error('nothing was changed');
  return changed;
};

describe('the checker of messages', () => {
  it.each(Object.keys(SERVICES) as (keyof typeof SERVICES)[])('lets a right one pass in %s', (dialect) => {
    expect(verdict(dialect, (xml) => xml)).toEqual([]);
  });

  it.each([
    ['another element', /DoGetItemsInfoRequest/g, 'DoGetItemInfoRequest'],
    ['another namespace', 'urn:ExampleWebApi', 'urn:Other'],
    ['an unqualified child', /<(\/?)api:getDesc>/g, '<$1getDesc>'],
    ['another name', /getDesc/g, 'getdesc'],
    ['a missing element', /<api:sessionHandle>.*<\/api:sessionHandle>/, ''],
    ['another order', /(<api:getDesc>.*)\s*(<api:getImageUrl>.*)/, '$2$1'],
    ['a number that is none', '<api:getDesc>1', '<api:getDesc>one'],
    ['a number that is too large', '<api:getDesc>1', '<api:getDesc>2147483648'],
    ['another item', /api:item>/g, 'api:id>'],
  ])('finds %s in document/literal', (_, from, to) => {
    expect(verdict('document-literal', replacing(from, to))).not.toEqual([]);
  });

  it.each([
    ['another operation', /doGetItemsInfo/g, 'doGetItemInfo'],
    ['a qualified part', /<(\/?)get-desc/g, '<$1typens:get-desc'],
    ['a camelCase name', /get-desc/g, 'getDesc'],
    ['another order', /(<get-desc.*)\s*(<get-image-url.*)/, '$2$1'],
    ['a missing part', /<get-desc.*<\/get-desc>/, ''],
    ['another type', '<get-desc xsi:type="xsd:int"', '<get-desc xsi:type="xsd:long"'],
    ['no type', '<get-desc xsi:type="xsd:int"', '<get-desc'],
    ['another length', 'xsd:long[3]', 'xsd:long[2]'],
    ['another kind of item', 'xsd:long[3]', 'xsd:int[3]'],
    ['no encoding style', /SOAP-ENV:encodingStyle="[^"]*"/, ''],
  ])('finds %s in RPC/encoded', (_, from, to) => {
    expect(verdict('rpc-encoded', replacing(from, to))).not.toEqual([]);
  });
});
