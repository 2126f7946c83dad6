import { describe, expect, it } from 'vitest';
import { rpcEncoded } from '../../../infra/local/simulator/wire/rpc.ts';
import { postRpc, rpcEnvelope } from './dialects.ts';
import { at, type Play, play, readXml } from './kit.ts';

const dialect = rpcEncoded('urn:AllegroWebApi');

const reply = (content: string) =>
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" ' +
  'xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" ' +
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" ' +
  'xmlns:typens="urn:AllegroWebApi">' +
  '<SOAP-ENV:Body SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">' +
  `${content}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`;

describe('an RPC reply', () => {
  it('has unqualified hyphenated parts, each with its type', () => {
    const values = { verKey: '76000001', info: '1.0.77' };
    expect(dialect.encodeReply('doQuerySysStatus', values)).toBe(
      reply(
        '<typens:doQuerySysStatusResponse><info xsi:type="xsd:string">1.0.77</info>' +
          '<ver-key xsi:type="xsd:long">76000001</ver-key></typens:doQuerySysStatusResponse>',
      ),
    );
  });

  it('types and counts its arrays, their items and what is in them', () => {
    const event = {
      dealEventId: '700000101',
      dealEventType: 1,
      dealEventTime: '1500000100',
      dealId: '800000001',
      dealTransactionId: '0',
      dealSellerId: 20000002,
      dealItemId: '3200000001',
      dealBuyerId: 40000004,
      dealQuantity: 1,
    };
    expect(dialect.encodeReply('doGetSiteJournalDeals', { siteJournalDeals: [event] })).toBe(
      reply(
        '<typens:doGetSiteJournalDealsResponse><site-journal-deals xsi:type="SOAP-ENC:Array" ' +
          'SOAP-ENC:arrayType="typens:SiteJournalDealsStruct[1]"><item xsi:type="typens:SiteJournalDealsStruct">' +
          '<deal-event-id xsi:type="xsd:long">700000101</deal-event-id>' +
          '<deal-event-type xsi:type="xsd:int">1</deal-event-type>' +
          '<deal-event-time xsi:type="xsd:long">1500000100</deal-event-time>' +
          '<deal-id xsi:type="xsd:long">800000001</deal-id>' +
          '<deal-transaction-id xsi:type="xsd:long">0</deal-transaction-id>' +
          '<deal-seller-id xsi:type="xsd:int">20000002</deal-seller-id>' +
          '<deal-item-id xsi:type="xsd:long">3200000001</deal-item-id>' +
          '<deal-buyer-id xsi:type="xsd:int">40000004</deal-buyer-id>' +
          '<deal-quantity xsi:type="xsd:int">1</deal-quantity></item></site-journal-deals>' +
          '</typens:doGetSiteJournalDealsResponse>',
      ),
    );
  });

  it('keeps the type of an empty array, without closing it early', () => {
    expect(dialect.encodeReply('doGetSiteJournalDeals', { siteJournalDeals: [] })).toContain(
      '<site-journal-deals xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="typens:SiteJournalDealsStruct[0]"></site-journal-deals>',
    );
    expect(dialect.encodeReply('doGetTransactionsIDs', { transactionsIdsArray: ['1', '2'] })).toContain(
      '<transactions-ids-array xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="xsd:long[2]"><item xsi:type="xsd:long">1</item>',
    );
  });

  it('says nil where an optional value is missing', () => {
    expect(dialect.encodeReply('doGetSiteJournalDeals', {})).toContain(
      '<site-journal-deals xsi:nil="true"/>',
    );
  });
});

const STATUS = '<sysvar>4</sysvar><country-id>1</country-id><webapi-key>k0000test1</webapi-key>';
const call = (operation: string, parts: string) =>
  rpcEnvelope(`<typens:${operation}>${parts}</typens:${operation}>`);

async function answer(simulator: Play, action: string, body: string) {
  const response = await postRpc(simulator.url, action, body);
  const found = at(readXml(await response.text()), 'Envelope.Body');
  const fault = found.children.Fault?.[0];
  return fault === undefined
    ? { code: 'ok', text: '' }
    : { code: at(fault, 'faultcode').text, text: at(fault, 'faultstring').text };
}

describe('an RPC request', () => {
  it.each([
    [
      'with every type',
      STATUS.replace('<sysvar', '<sysvar xsi:type="xsd:int"').replace(
        '<webapi-key',
        '<webapi-key xsi:type="xsd:string"',
      ),
    ],
    ['without any', STATUS],
  ])('is taken %s', async (_what, parts) => {
    expect(await answer(await play(), 'doquerysysstatus', call('doQuerySysStatus', parts))).toMatchObject({
      code: 'ok',
    });
  });

  it('is taken without encodingStyle, from a client that declares nothing else', async () => {
    const body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><w:doQuerySysStatus xmlns:w="urn:AllegroWebApi">${STATUS}</w:doQuerySysStatus></s:Body></s:Envelope>`;
    expect(await answer(await play(), 'doquerysysstatus', body)).toMatchObject({ code: 'ok' });
  });

  it.each([
    [
      'a camelCase name',
      STATUS.replaceAll('country-id', 'countryId'),
      /Element 'countryId': This element is not expected. Expected is \( country-id \)/,
    ],
    [
      'another order',
      '<country-id>1</country-id><sysvar>4</sysvar><webapi-key>k</webapi-key>',
      /Element 'country-id': This element is not expected. Expected is \( sysvar \)/,
    ],
    [
      'a missing part',
      '<sysvar>4</sysvar><country-id>1</country-id>',
      /Missing child element\(s\). Expected is \( webapi-key \)/,
    ],
    [
      'a nil required part',
      STATUS.replace('<sysvar>4</sysvar>', '<sysvar xsi:nil="true"/>'),
      /Missing child element\(s\). Expected is \( sysvar \)/,
    ],
    [
      'a qualified part',
      STATUS.replaceAll('sysvar', 'typens:sysvar'),
      /Element '\{urn:AllegroWebApi\}sysvar': This element is not expected/,
    ],
    [
      'a wrong type',
      STATUS.replace('<sysvar', '<sysvar xsi:type="xsd:string"'),
      /sysvar has the wrong xsi:type/,
    ],
    [
      'a type of no namespace',
      STATUS.replace('<sysvar', '<sysvar xsi:type="int"'),
      /sysvar has the wrong xsi:type/,
    ],
    [
      'a value that is no int',
      STATUS.replace('>4<', '>four<'),
      /'four' is not a valid value of the atomic type 'xs:int'/,
    ],
    ['nil with a value', STATUS.replace('<sysvar', '<sysvar xsi:nil="true"'), /nil and yet has a value/],
    ['a reference', STATUS.replace('<sysvar', '<sysvar href="#a"'), /must not have the attribute href/],
  ])('with %s gets a fault', async (_what, parts, text) => {
    const simulator = await play();
    const fault = await answer(simulator, 'doquerysysstatus', call('doQuerySysStatus', parts));
    expect(fault.code).toBe('SOAP-ENV:Client');
    expect(fault.text).toMatch(text);
    expect((await simulator.stats()).malformed).toBe(1);
  });

  it.each([
    [
      'an action that is not lower case',
      'doQuerySysStatus',
      call('doQuerySysStatus', STATUS),
      { code: 'SOAP-ENV:Client' },
    ],
    [
      "the other dialect's element",
      'doquerysysstatus',
      call('DoQuerySysStatusRequest', STATUS),
      { code: 'SOAP-ENV:Server', text: "Procedure 'DoQuerySysStatusRequest' not present" },
    ],
    [
      'another namespace',
      'doquerysysstatus',
      call('doQuerySysStatus', STATUS).replace('urn:AllegroWebApi', 'urn:SandboxWebApi'),
      { code: 'SOAP-ENV:Client' },
    ],
    [
      'an operation that only the other dialect has',
      'dogetpostbuyformsids',
      call('doGetPostBuyFormsIds', '<session-id>s</session-id>'),
      { code: 'SOAP-ENV:Server', text: "Procedure 'doGetPostBuyFormsIds' not present" },
    ],
  ])('with %s gets a fault', async (_what, action, body, fault) => {
    expect(await answer(await play(), action, body)).toMatchObject(fault);
  });

  it('means by nil that an optional part is not given', async () => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    const parts = `<session-id xsi:type="xsd:string">${session}</session-id><journal-start xsi:nil="true"/>`;
    expect(
      await answer(simulator, 'dogetsitejournaldeals', call('doGetSiteJournalDeals', parts)),
    ).toMatchObject({ code: 'ok' });
  });

  it('may type its arrays, and then rightly', async () => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    const ask = (attributes: string) =>
      answer(
        simulator,
        'dogetpostbuyformsdataforsellers',
        call(
          'doGetPostBuyFormsDataForSellers',
          `<session-id>${session}</session-id><transactions-ids-array ${attributes}><item xsi:type="xsd:long">1</item><item>2</item></transactions-ids-array>`,
        ),
      );
    const array = 'xsi:type="SOAP-ENC:Array"';
    for (const good of [
      '',
      `${array} SOAP-ENC:arrayType="xsd:long[2]"`,
      'SOAP-ENC:arrayType="xsd:long[]"',
      'xsi:type="typens:ArrayOfLong"',
    ])
      expect(await ask(good), good).toMatchObject({ code: 'ok' });
    for (const bad of [
      `${array} SOAP-ENC:arrayType="xsd:long[3]"`,
      'SOAP-ENC:arrayType="xsd:int[2]"',
      'xsi:type="xsd:long"',
    ])
      expect((await ask(bad)).text, bad).toMatch(/wrong/);
  });

  it('has its namespace from the options', async () => {
    const simulator = await play({ rpcNamespace: 'urn:Other' });
    const request = call('doQuerySysStatus', STATUS);
    expect((await postRpc(simulator.url, 'doquerysysstatus', request)).status).toBe(500);
    const response = await postRpc(
      simulator.url,
      'doquerysysstatus',
      request.replace('urn:AllegroWebApi', 'urn:Other'),
    );
    expect(await response.text()).toContain('xmlns:typens="urn:Other"');
  });
});
