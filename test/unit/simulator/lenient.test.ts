import { describe, expect, it } from 'vitest';
import { rpcEnvelope } from './dialects.ts';
import { at, element, envelope, type Node, type Play, play, readXml } from './kit.ts';

/** Posts RPC parts as given; an undefined action leaves SOAPAction out. */
async function postParts(
  simulator: Play,
  { operation, parts, action }: { operation: string; parts: string; action: string | undefined },
): Promise<Node> {
  const response = await fetch(`${simulator.url}/uploader.php`, {
    method: 'POST',
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      ...(action !== undefined && { soapaction: action }),
    },
    body: rpcEnvelope(`<typens:${operation}>${parts}</typens:${operation}>`),
  });
  return at(readXml(await response.text()), 'Envelope.Body');
}

const codeOf = (body: Node): string | undefined =>
  body.children.Fault?.[0] && at(body.children.Fault[0], 'faultcode').text;

const STATUS = '<webapi-key>k0000test1</webapi-key><sysvar>4</sysvar><country-id>1</country-id>';

/**
 * Liberties of foreign clients: parts and SOAPAction, and the fault that remains with `lenient` on, if any.
 */
const LIBERTIES = [
  [
    'parts out of order',
    { operation: 'doQuerySysStatus', parts: STATUS, action: '"#doquerysysstatus"' },
    undefined,
  ],
  [
    'another SOAPAction',
    {
      operation: 'doQueryAllSysStatus',
      parts: STATUS.replace(/<sysvar>4<.sysvar>/, ''),
      action: '"#queryallstatus"',
    },
    undefined,
  ],
  ['no SOAPAction', { operation: 'doQuerySysStatus', parts: STATUS, action: undefined }, undefined],
  [
    'a part missing',
    { operation: 'doGetSystemTime', parts: '<country-id>1</country-id>', action: undefined },
    'ERR_WEBAPI_KEY',
  ],
  [
    'every part missing',
    { operation: 'doGetSiteJournalDeals', parts: '', action: undefined },
    'ERR_NO_SESSION',
  ],
  [
    'a required part that is nil',
    {
      operation: 'doGetSystemTime',
      parts: '<country-id xsi:nil="true"/><webapi-key>k0000test1</webapi-key>',
      action: undefined,
    },
    'ERR_INPUT_COUNTRY_ERROR',
  ],
] as const;

describe.each(LIBERTIES)('%s', (_what, request, code) => {
  it('is taken where the setting allows it, and nowhere else', async () => {
    const simulator = await play();
    expect(codeOf(await postParts(simulator, request))).toBe('SOAP-ENV:Client');
    await simulator.control('POST settings', { lenient: true });
    expect(codeOf(await postParts(simulator, request))).toBe(code);
    expect((await simulator.stats()).malformed).toBe(1);
  });
});

it('members of an array bear any name, with their types', async () => {
  const simulator = await play({ lenient: true });
  const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
  await simulator.control('POST buyers', { orders: 5 });
  const forms = (await simulator.journal(session)).map(({ dealTransactionId }) => dealTransactionId);
  const formId = forms.find((id) => id !== '0');
  const array = 'xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="xsd:long[1]"';
  const member = `<transactions-ids-array xsi:type="xsd:long">${formId}</transactions-ids-array>`;
  const body = await postParts(simulator, {
    operation: 'doGetPostBuyFormsDataForSellers',
    parts: `<transactions-ids-array ${array}>${member}</transactions-ids-array><session-id>${session}</session-id>`,
    action: undefined,
  });
  const data = at(body, 'doGetPostBuyFormsDataForSellersResponse.post-buy-form-data.item');
  expect(at(data, 'post-buy-form-id').text).toBe(formId);
});

describe('values beside the call', () => {
  /** A call as Apache Axis writes it: single values and items of arrays stand in elements of their own. */
  const beside = (call: string, ...values: string[]) => rpcEnvelope(`${call}${values.join('')}`);
  const value = (id: string, type: string, content: string) =>
    `<multiRef id="${id}" SOAP-ENC:root="0" SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" xsi:type="${type}">${content}</multiRef>`;
  const ask = async (simulator: Play, body: string) => {
    const headers = { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' };
    const response = await fetch(`${simulator.url}/uploader.php`, { method: 'POST', headers, body });
    return at(readXml(await response.text()), 'Envelope.Body');
  };
  const status = (...values: string[]) =>
    beside(
      '<typens:doQuerySysStatus><sysvar href="#id0"/><country-id href="#id1"/><webapi-key xsi:type="xsd:string">k0000test1</webapi-key></typens:doQuerySysStatus>',
      ...values,
    );

  it('are put where the call refers to them', async () => {
    const simulator = await play({ lenient: true });
    const body = await ask(simulator, status(value('id0', 'xsd:int', '4'), value('id1', 'xsd:int', '1')));
    expect(at(body, 'doQuerySysStatusResponse.ver-key').text).toBe(await simulator.versionKey());
  });

  it.each([
    ['that is not there', status(value('id0', 'xsd:int', '4')), /#id1 refers to nothing/],
    [
      'of another type',
      status(value('id0', 'xsd:string', '4'), value('id1', 'xsd:int', '1')),
      /sysvar has the wrong xsi:type/,
    ],
    [
      'that refers to itself',
      status('<multiRef id="id0"><a href="#id0"/></multiRef>', value('id1', 'xsd:int', '1')),
      /#id0 refers to nothing, or to itself/,
    ],
    ['without an id', status('<multiRef>4</multiRef>'), /multiRef stands beside the call without an id/],
    [
      'that grows tenfold at each step',
      status(
        ...Array.from(
          { length: 8 },
          (_, level) => `<multiRef id="id${level}">${`<a href="#id${level + 1}"/>`.repeat(10)}</multiRef>`,
        ),
        value('id8', 'xsd:int', '1'),
      ),
      /too large/,
    ],
  ])('are refused where there is one %s', async (_what, body, text) => {
    const simulator = await play({ lenient: true });
    expect(at(await ask(simulator, body), 'Fault.faultstring').text).toMatch(text);
  });

  it('are refused where the setting is off', async () => {
    const simulator = await play();
    const body = await ask(simulator, status(value('id0', 'xsd:int', '4'), value('id1', 'xsd:int', '1')));
    expect(at(body, 'Fault.faultstring').text).toContain('the Body must hold one element');
  });
});

it('document/literal keeps its schema, but looks at no SOAPAction', async () => {
  const simulator = await play({ lenient: true });
  const [country, key] = [element('countryId', 1), element('webapiKey', 'k0000test1')];
  const ask = async (children: string, action: string) => {
    const response = await simulator.post('', envelope(element('DoGetSystemTimeRequest', children)), {
      soapaction: action,
    });
    return codeOf(at(readXml(await response.text()), 'Envelope.Body'));
  };
  expect(await ask(country + key, '"#doLogin"')).toBeUndefined();
  expect(await ask(country + key, '')).toBeUndefined();
  expect(await ask(key + country, '')).toBe('Sender');
  expect(await ask(country, '')).toBe('Sender');
});
