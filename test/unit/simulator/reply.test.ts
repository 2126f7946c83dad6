import { describe, expect, it } from 'vitest';
import { documentLiteral } from '../../../infra/local/simulator/wire/doclit.ts';

const dialect = documentLiteral('urn:SandboxWebApi');

const reply = (content: string) =>
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/" xmlns:ns1="urn:SandboxWebApi">' +
  `<SOAP-ENV:Body>${content}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`;

describe('a document/literal reply', () => {
  it('has qualified children in declared order, whatever the order of the values', () => {
    const values = { serverTime: '1500000000', userId: '10000001', sessionHandlePart: '00ff_1' };
    expect(dialect.encodeReply('doLogin', values)).toBe(
      reply(
        '<ns1:doLoginResponse><ns1:sessionHandlePart>00ff_1</ns1:sessionHandlePart>' +
          '<ns1:userId>10000001</ns1:userId><ns1:serverTime>1500000000</ns1:serverTime></ns1:doLoginResponse>',
      ),
    );
  });

  it('keeps the container of an empty list', () => {
    expect(dialect.encodeReply('doGetSiteJournalDeals', { siteJournalDeals: [] })).toBe(
      reply('<ns1:doGetSiteJournalDealsResponse><ns1:siteJournalDeals/></ns1:doGetSiteJournalDealsResponse>'),
    );
  });

  it('wraps each item of a list, and leaves out what is optional', () => {
    const values = { formsCount: 2, formsIds: ['9500000001', '9500000002'] };
    expect(dialect.encodeReply('doGetPostBuyFormsIds', values)).toBe(
      reply(
        '<ns1:doGetPostBuyFormsIdsResponse><ns1:formsCount>2</ns1:formsCount><ns1:formsIds>' +
          '<ns1:item>9500000001</ns1:item><ns1:item>9500000002</ns1:item>' +
          '</ns1:formsIds></ns1:doGetPostBuyFormsIdsResponse>',
      ),
    );
  });

  it('escapes what XML would swallow', () => {
    const text = dialect.encodeReply('doQuerySysStatus', {
      info: 'a & b < c > d ]]> "e"\r\n Ł 🚀',
      verKey: '1',
    });
    expect(text).toContain('<ns1:info>a &amp; b &lt; c &gt; d ]]&gt; "e"&#13;\n Ł 🚀</ns1:info>');
  });

  it('is never sent without a required value', () => {
    expect(() => dialect.encodeReply('doQuerySysStatus', { info: '1.0' })).toThrow(/lacks verKey/);
  });
});

it('a fault carries its code bare, without a namespace of ours', () => {
  expect(dialect.encodeFault('ERR_NO_SESSION', 'Zła sesja & koniec')).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>' +
      '<SOAP-ENV:Fault><faultcode>ERR_NO_SESSION</faultcode><faultstring>Zła sesja &amp; koniec</faultstring><faultactor>/service.php</faultactor>' +
      '</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n',
  );
});
