import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import * as soap from 'soap';
import { describe, expect, it } from 'vitest';
import { documentLiteral } from '../../../infra/local/simulator/wire/doclit.ts';
import { OPERATIONS } from '../../../infra/local/simulator/wire/operations.ts';
import { play } from './kit.ts';

const REAL = join(import.meta.dirname, '../../../../shared/wsdl/allegro-service-document-literal.wsdl');
const OPERATION_NAMES = Object.keys(OPERATIONS);

/** Each named type or element of a WSDL's schema as its children in order, and each operation's SOAPAction. */
function describeWsdl(text: string) {
  const schema = new Map<string, string[]>();
  const actions = new Map<string, string>();
  let current: string[] = [];
  const path: string[] = [];
  let operation = '';
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local, attributes }) => {
    const value = (name: string) => attributes[name]?.value;
    const parent = path.at(-1);
    if (parent === 'schema') {
      current = [];
      schema.set(`${local} ${value('name')}`, current);
    } else if (local === 'element') {
      current.push([value('name'), value('type'), value('minOccurs'), value('maxOccurs')].join(' '));
    } else if (['sequence', 'all'].includes(local)) {
      current.push(local);
    }
    if (local === 'operation' && value('name') !== undefined) operation = value('name') ?? '';
    if (value('soapAction') !== undefined) actions.set(operation, value('soapAction') ?? '');
    path.push(local);
  });
  parser.on('closetag', () => path.pop());
  parser.write(text).close();
  return { schema, actions };
}

const ours = () => describeWsdl(documentLiteral('urn:SandboxWebApi').wsdl('http://127.0.0.1/service.php'));

describe('our WSDL', () => {
  it('describes every operation that the simulator answers', () => {
    const { schema, actions } = ours();
    expect([...actions.keys()].toSorted()).toEqual(OPERATION_NAMES.toSorted());
    for (const name of OPERATION_NAMES) {
      expect(schema.has(`element D${name.slice(1)}Request`)).toBe(true);
      expect(schema.has(`element ${name}Response`)).toBe(true);
    }
  });

  const found = existsSync(REAL);
  it(`agrees with the published one${found ? '' : ' (NOT CHECKED: ../shared/wsdl is not here)'}`, () => {
    if (!found) {
      console.warn('The published WSDL is not here, so ours was not compared with it.');
      return;
    }
    const { schema, actions } = ours();
    const real = describeWsdl(readFileSync(REAL, 'utf8'));
    expect(schema.size).toBeGreaterThan(50);
    for (const [name, children] of schema)
      expect({ name, children }).toEqual({ name, children: real.schema.get(name) });
    for (const [name, action] of actions)
      expect({ name, action }).toEqual({ name, action: real.actions.get(name) });
  });
});

const parts = existsSync(REAL) ? (['served', 'published'] as const) : (['served'] as const);

describe.each(parts)('a client made by the soap package from the %s WSDL', (which) => {
  it('logs in, reads the journal and a form, and sees faults', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    await simulator.control('POST buyers', { orders: 3 });
    const address = `${simulator.url}/service.php`;
    const client = await soap.createClientAsync(which === 'served' ? `${address}?wsdl` : REAL, {
      endpoint: address,
    });
    const call = async (operation: string, request: object) =>
      (await client[`${operation}Async`](request))[0];
    const webapiKey = 'k0000test1';
    const { verKey } = await call('doQuerySysStatus', { sysvar: 4, countryId: 1, webapiKey });
    // The order of these keys is the order on the wire, and the simulator insists on it.
    const login = (userPassword: string) => ({
      userLogin: 'sklep',
      userPassword,
      countryCode: 1,
      webapiKey,
      localVersion: verKey,
    });
    const { sessionHandlePart } = await call('doLogin', login(password));
    const { siteJournalDeals } = await call('doGetSiteJournalDeals', {
      sessionId: sessionHandlePart,
      journalStart: 0,
    });
    expect(siteJournalDeals.item.length).toBeGreaterThanOrEqual(3);
    const filled = siteJournalDeals.item.find(
      (event: { dealEventType: number }) => event.dealEventType === 2,
    );
    const { postBuyFormData } = await call('doGetPostBuyFormsDataForSellers', {
      sessionId: sessionHandlePart,
      transactionsIdsArray: { item: [filled.dealTransactionId] },
    });
    expect(postBuyFormData.item[0].postBuyFormId).toBe(filled.dealTransactionId);
    await expect(call('doLogin', login('wrong'))).rejects.toThrow(/ERR_USER_PASSWD/);
    expect((await simulator.stats()).malformed).toBe(0);
  });
});
