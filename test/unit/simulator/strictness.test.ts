import { describe, expect, it } from 'vitest';
import { at, element, envelope, list, play, readXml } from './kit.ts';

const TIME = element('countryId', 1) + element('webapiKey', 'k0000test1');

describe('a request that the WSDL does not allow gets a fault', () => {
  it.each([
    [
      'order',
      'doGetSystemTime',
      element('webapiKey', 'k') + element('countryId', 1),
      /countryId is out of order/,
    ],
    ['missing element', 'doGetSystemTime', element('countryId', 1), /lacks the required element webapiKey/],
    ['unknown element', 'doGetSystemTime', `${TIME}${element('more', 1)}`, /has no element more/],
    ['element twice', 'doGetSystemTime', `${element('countryId', 1)}${TIME}`, /countryId comes twice/],
    [
      'type',
      'doGetSystemTime',
      element('countryId', 'one') + element('webapiKey', 'k'),
      /countryId is not of type int/,
    ],
    [
      'int range',
      'doGetSystemTime',
      element('countryId', 2 ** 31) + element('webapiKey', 'k'),
      /is not of type int/,
    ],
    [
      'long range',
      'doGetSiteJournalDeals',
      element('sessionId', 's') + element('journalStart', '9223372036854775808'),
      /journalStart is not of type long/,
    ],
    [
      'unqualified child',
      'doGetSystemTime',
      '<countryId>1</countryId><webapiKey>k</webapiKey>',
      /not in namespace/,
    ],
    [
      'nil',
      'doGetSiteJournalDeals',
      `${element('sessionId', 's')}<tns:journalStart xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>`,
      /must not have the attribute nil/,
    ],
    ['text between elements', 'doGetSystemTime', `oops${TIME}`, /holds text between/],
    [
      'list without items',
      'doGetPostBuyFormsDataForSellers',
      element('sessionId', 's') + element('transactionsIdsArray', element('long', 1)),
      /may hold only item elements/,
    ],
  ])('%s', async (_what, operation, children, text) => {
    const simulator = await play();
    const reply = await simulator.call(operation, children);
    expect(reply).toMatchObject({ fault: 'SOAP-ENV:Client', status: 500 });
    expect(reply.faultText).toMatch(text);
    expect(await simulator.stats()).toMatchObject({ malformed: 1, calls: {} });
  });

  it.each([
    ['no XML', 'hello'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${envelope(element('DoGetSystemTimeRequest', TIME))}`],
    [
      'SOAP 1.2',
      envelope('').replaceAll('schemas.xmlsoap.org/soap/envelope/', 'www.w3.org/2003/05/soap-envelope'),
    ],
    ['an empty body', envelope('')],
    ['two requests', envelope(element('DoGetSystemTimeRequest', TIME).repeat(2))],
    ['an unknown operation', envelope(element('DoNothingRequest', ''))],
    [
      'another namespace',
      envelope(element('DoGetSystemTimeRequest', TIME)).replace('urn:SandboxWebApi', 'urn:Other'),
    ],
    ['the RPC element name', envelope(element('doGetSystemTime', TIME))],
    ['endless nesting', '<a>'.repeat(100_000)],
    ['an unfinished document', envelope(element('DoGetSystemTimeRequest', TIME)).slice(0, -5)],
  ])('%s', async (_what, body) => {
    const simulator = await play();
    const response = await simulator.post('doGetSystemTime', body);
    const fault = at(readXml(await response.text()), 'Envelope.Body.Fault');
    expect(at(fault, 'faultcode').text).toBe('SOAP-ENV:Client');
  });

  it.each([[{ soapaction: '"#doLogin"' }], [{ soapaction: '' }], [{ 'content-type': 'application/json' }]])(
    'headers %j',
    async (headers) => {
      const simulator = await play();
      const reply = await simulator.call('doGetSystemTime', TIME, headers as Record<string, string>);
      expect(reply.fault).toBe('SOAP-ENV:Client');
    },
  );

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
