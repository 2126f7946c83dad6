import { describe, expect, it } from 'vitest';
import { at, element, envelope, list, play, readXml } from './kit.ts';

const KEY = element('webapiKey', 'k0000test1');
const TIME = element('countryId', 1) + KEY;
const typed = (name: string, type: string, value: string | number) =>
  `<tns:${name} xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${value}</tns:${name}>`;

describe('a request that the schema does not allow gets a fault of the sender', () => {
  it.each([
    [
      'order',
      'doGetSystemTime',
      element('webapiKey', 'k') + element('countryId', 1),
      /webapiKey': This element is not expected. Expected is \( \{urn:SandboxWebApi\}countryId \)/,
    ],
    [
      'missing element',
      'doGetSystemTime',
      element('countryId', 1),
      /DoGetSystemTimeRequest': Missing child element\(s\). Expected is \( \{urn:SandboxWebApi\}webapiKey \)/,
    ],
    [
      'unknown element',
      'doGetSystemTime',
      `${TIME}${element('more', 1)}`,
      /more': This element is not expected\.$/,
    ],
    [
      'element twice',
      'doGetSystemTime',
      `${element('countryId', 1)}${TIME}`,
      /countryId': This element is not expected/,
    ],
    [
      'type',
      'doGetSystemTime',
      element('countryId', 'one') + element('webapiKey', 'k'),
      /countryId': 'one' is not a valid value of the atomic type 'xs:int'/,
    ],
    [
      'int range',
      'doGetSystemTime',
      element('countryId', 2 ** 31) + element('webapiKey', 'k'),
      /is not a valid value of the atomic type 'xs:int'/,
    ],
    [
      'long range',
      'doGetSiteJournalDeals',
      element('sessionId', 's') + element('journalStart', '9223372036854775808'),
      /journalStart': '9223372036854775808' is not a valid value of the atomic type 'xs:long'/,
    ],
    [
      'unqualified child',
      'doGetSystemTime',
      '<countryId>1</countryId><webapiKey>k</webapiKey>',
      /Element 'countryId': This element is not expected. Expected is \( \{urn:SandboxWebApi\}countryId \)/,
    ],
    [
      'nil',
      'doGetSiteJournalDeals',
      `${element('sessionId', 's')}<tns:journalStart xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`,
      /attribute 'nil': The attribute 'nil' is not allowed/,
    ],
    [
      'text between elements',
      'doGetSystemTime',
      `oops${TIME}`,
      /Character content other than whitespace is not allowed/,
    ],
    [
      'list without items',
      'doGetPostBuyFormsDataForSellers',
      element('sessionId', 's') + element('transactionsIdsArray', element('long', 1)),
      /long': This element is not expected. Expected is \( \{urn:SandboxWebApi\}item \)/,
    ],
    [
      'wrong type of a value',
      'doGetSystemTime',
      typed('countryId', 'xsd:string', 1) + KEY,
      /countryId', attribute .*not validly derived/,
    ],
    [
      'wrong type of a key',
      'doGetSystemTime',
      element('countryId', 1) + typed('webapiKey', 'xsd:int', 'k'),
      /not validly derived/,
    ],
    [
      'a type that is not declared',
      'doGetSystemTime',
      typed('countryId', 'int', 1) + KEY,
      /not validly derived/,
    ],
    [
      'a type of nowhere',
      'doGetSystemTime',
      typed('countryId', 'nobody:int', 1) + KEY,
      /not validly derived/,
    ],
    [
      'wrong type of a list',
      'doGetPostBuyFormsDataForSellers',
      element('sessionId', 's') + typed('transactionsIdsArray', 'tns:ArrayOfInt', ''),
      /transactionsIdsArray', attribute .*not validly derived/,
    ],
  ])('%s', async (_what, operation, children, text) => {
    const simulator = await play();
    const reply = await simulator.call(operation, children);
    expect(reply).toMatchObject({ fault: 'Sender', status: 500 });
    expect(reply.faultText).toMatch(text);
    expect(await simulator.stats()).toMatchObject({ malformed: 1, calls: {} });
  });

  it.each([
    ['no XML', 'hello', 'SOAP-ENV:Client'],
    [
      'a document type',
      `<!DOCTYPE x [<!ENTITY a "b">]>${envelope(element('DoGetSystemTimeRequest', TIME))}`,
      'SOAP-ENV:Client',
    ],
    [
      'SOAP 1.2',
      envelope('').replaceAll('schemas.xmlsoap.org/soap/envelope/', 'www.w3.org/2003/05/soap-envelope'),
      'SOAP-ENV:VersionMismatch',
    ],
    [
      'a header that has to be understood',
      envelope(element('DoGetSystemTimeRequest', TIME)).replace(
        '<soapenv:Body>',
        '<soapenv:Header><x:a xmlns:x="urn:x" soapenv:mustUnderstand="1"/></soapenv:Header><soapenv:Body>',
      ),
      'SOAP-ENV:MustUnderstand',
    ],
    ['an empty body', envelope(''), 'SOAP-ENV:Client'],
    ['two requests', envelope(element('DoGetSystemTimeRequest', TIME).repeat(2)), 'SOAP-ENV:Client'],
    ['an unknown operation', envelope(element('DoNothingRequest', '')), 'SOAP-ENV:Server'],
    [
      'another namespace',
      envelope(element('DoGetSystemTimeRequest', TIME)).replace('urn:SandboxWebApi', 'urn:Other'),
      'Sender',
    ],
    ['the RPC element name', envelope(element('doGetSystemTime', TIME)), 'SOAP-ENV:Server'],
    ['endless nesting', '<a>'.repeat(100_000), 'SOAP-ENV:Client'],
    [
      'an unfinished document',
      envelope(element('DoGetSystemTimeRequest', TIME)).slice(0, -5),
      'SOAP-ENV:Client',
    ],
  ])('%s', async (_what, body, code) => {
    const simulator = await play();
    const response = await simulator.post('doGetSystemTime', body);
    const fault = at(readXml(await response.text()), 'Envelope.Body.Fault');
    expect(at(fault, 'faultcode').text).toBe(code);
    expect(at(fault, 'faultactor').text).toBe('/service.php');
    expect(response.status).toBe(500);
  });

  it('names an operation that is not there as a PHP server does', async () => {
    const simulator = await play();
    const response = await simulator.post('doNothing', envelope(element('DoNothingRequest', '')));
    expect(await response.text()).toContain(
      "<faultstring>Procedure 'DoNothingRequest' not present</faultstring>",
    );
  });

  it('and so does a message in another charset, which cannot be read', async () => {
    const simulator = await play();
    const latin2 = Buffer.from(
      envelope(element('DoGetSystemTimeRequest', TIME)).replace('k0000test1', '\xB1'),
      'latin1',
    );
    for (const path of ['service.php', 'uploader.php']) {
      const headers = { 'content-type': 'text/xml; charset=iso-8859-2', soapaction: '""' };
      const response = await fetch(`${simulator.url}/${path}`, { method: 'POST', headers, body: latin2 });
      expect(response.status).toBe(500);
      const fault = at(readXml(await response.text()), 'Envelope.Body.Fault');
      expect(at(fault, 'faultcode').text).toBe('SOAP-ENV:Client');
      expect(at(fault, 'faultstring').text).toContain('UTF-8');
    }
    expect((await simulator.stats()).malformed).toBe(2);
    const script = await fetch(`${simulator.url}/_sim/clock`, { method: 'POST', body: latin2 });
    expect([script.status, await script.json()]).toEqual([400, { error: 'the body must be UTF-8' }]);
  });

  it.each([[{ soapaction: '"#doLogin"' }], [{ soapaction: '' }], [{ 'content-type': 'application/json' }]])(
    'headers %j',
    async (headers) => {
      const simulator = await play();
      const reply = await simulator.call('doGetSystemTime', TIME, headers as Record<string, string>);
      expect(reply.fault).toBe('SOAP-ENV:Client');
    },
  );

  it('but the right type may be named, a narrower one too', async () => {
    const simulator = await play();
    const named = typed('countryId', 'xsd:short', 1) + typed('webapiKey', 'xsd:string', 'k0000test1');
    expect((await simulator.call('doGetSystemTime', named)).fault).toBeUndefined();
  });

  it('but optional elements may be missing, prefixes are free, and a full batch fits', async () => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    expect(await simulator.journal(session)).toEqual([]);
    const body = `<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Header/><E:Body><DoGetSystemTimeRequest xmlns="urn:SandboxWebApi"><countryId> 1 </countryId><webapiKey><![CDATA[k0000test1]]></webapiKey></DoGetSystemTimeRequest></E:Body></E:Envelope>`;
    expect((await simulator.post('doGetSystemTime', body)).status).toBe(200);
    const batch = (count: number) =>
      simulator.call(
        'doGetPostBuyFormsDataForSellers',
        element('sessionId', session) + list('transactionsIdsArray', Array(count).fill(1)),
      );
    expect((await batch(25)).fault).toBeUndefined();
    expect((await batch(26)).fault).toBe('ERR_ITEMS_ARRAY_OVERSIZED');
    expect((await batch(0)).fault).toBe('ERR_INPUT_ARRAY_EMPTY');
  });

  it('uses the namespace that it was started with', async () => {
    const simulator = await play({ namespace: 'https://webapi.example/service.php' });
    const request = envelope(element('DoGetSystemTimeRequest', TIME));
    expect((await simulator.post('doGetSystemTime', request)).status).toBe(500);
    const moved = request.replace('urn:SandboxWebApi', 'https://webapi.example/service.php');
    const response = await simulator.post('doGetSystemTime', moved);
    expect(await response.text()).toContain('xmlns:ns1="https://webapi.example/service.php"');
  });
});
