import { describe, expect, it } from 'vitest';
import { DIALECTS, type Row, shop } from './dialects.ts';
import { at, element, envelope, items, play } from './kit.ts';

describe.each(DIALECTS)('variants of the wire in %s', (dialect) => {
  it('faults have another status and a prefix', async () => {
    const { simulator, say } = await shop(dialect, { orders: 0 });
    const ask = () => say('doGetSiteJournalDeals', [['sessionId', 'none']]);
    expect(await ask()).toMatchObject({ fault: 'ERR_NO_SESSION', status: 500 });
    await simulator.control('POST settings', { faultStatus: 200, faultPrefix: 'SOAP-ENV:' });
    expect(await ask()).toMatchObject({ fault: 'SOAP-ENV:ERR_NO_SESSION', status: 200 });
    await simulator.control('POST faults', { operation: '*', kind: 'fault', code: 'ERR_NO_DATABASE' });
    expect(await ask()).toMatchObject({ fault: 'SOAP-ENV:ERR_NO_DATABASE' });
    const malformed = dialect === 'doclit' ? 'Sender' : 'SOAP-ENV:Client';
    expect((await say('doGetSiteJournalDeals', [])).fault).toBe(malformed);
  });

  it('lists end after one element, those within them stay whole', async () => {
    const { simulator, say, session } = await shop(dialect);
    const sold: Row[] = [['sessionId', session]];
    await simulator.control('POST settings', { longestList: 1 });
    const { body } = await say('doGetMySoldItems', sold);
    expect(items(at(body, 'soldItemsList'))).toHaveLength(1);
    expect(Number(at(body, 'soldItemsCounter').text)).toBeGreaterThan(1);
  });

  it('messages and structures have elements that no description knows', async () => {
    const { simulator, say, session } = await shop(dialect);
    await simulator.control('POST settings', { extraElements: true });
    const { body } = await say('doGetSiteJournalDeals', [['sessionId', session]]);
    expect(body.children.laterAddition).toHaveLength(1);
    expect(
      items(at(body, 'siteJournalDeals')).every(({ children }) => children.laterAddition?.length === 1),
    ).toBe(true);
  });
});

it('replies are compressed for clients that accept it, and for those only', async () => {
  const simulator = await play();
  await simulator.control('POST settings', { gzip: true });
  const body = envelope(
    element('DoGetSystemTimeRequest', element('countryId', 1) + element('webapiKey', 'k0000test1')),
  );
  const encodingFor = async (accepted: string) => {
    const response = await simulator.post('doGetSystemTime', body, { 'accept-encoding': accepted });
    expect(await response.text()).toContain('serverTime');
    return response.headers.get('content-encoding');
  };
  expect(await encodingFor('gzip, deflate')).toBe('gzip');
  expect(await encodingFor('identity')).toBeNull();
});
