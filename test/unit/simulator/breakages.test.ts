import { describe, expect, it } from 'vitest';
import { withBrokenText } from '../../../infra/local/simulator/http/hostile.ts';
import { element, envelope, play } from './kit.ts';

const TIME = element('countryId', 1) + element('webapiKey', 'k0000test1');
const REQUEST = envelope(element('DoGetSystemTimeRequest', TIME));

async function broken(breakage: object) {
  const simulator = await play();
  await simulator.control('POST faults', { operation: 'doGetSystemTime', ...breakage });
  return { simulator, post: () => simulator.post('doGetSystemTime', REQUEST) };
}

describe('scripted trouble', () => {
  it('breaks the next matching calls only, and each of them is counted', async () => {
    const { simulator, post } = await broken({ kind: 'http-503', times: 2 });
    expect(await simulator.versionKey()).toMatch(/^\d+$/);
    expect([(await post()).status, (await post()).status, (await post()).status]).toEqual([503, 503, 200]);
    expect((await simulator.stats()).calls).toEqual({ doQuerySysStatus: 1, doGetSystemTime: 3 });
  });

  it('gives a chosen fault, with a chosen status', async () => {
    const { simulator } = await broken({ kind: 'fault', code: 'ERR_NO_DATABASE' });
    await simulator.control('POST settings', { faultStatus: 200 });
    const reply = await simulator.call('doGetSystemTime', TIME);
    expect(reply).toMatchObject({ fault: 'ERR_NO_DATABASE', status: 200 });
  });

  it('shows a captcha page instead of XML', async () => {
    const response = await (await broken({ kind: 'captcha-page' })).post();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toMatch(/^<!DOCTYPE html>/);
  });

  it('cuts replies short, empties them, delays them, drops them', async () => {
    const { simulator, post } = await broken({ kind: 'truncate' });
    expect(await (await post()).text()).not.toContain('</SOAP-ENV:Envelope>');
    const next = (breakage: object) => simulator.control('POST faults', { operation: '*', ...breakage });
    await next({ kind: 'empty-200' });
    const empty = await post();
    expect([empty.status, await empty.text()]).toEqual([200, '']);
    await next({ kind: 'delay', millis: 120 });
    const started = performance.now();
    expect((await post()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(115);
    for (const kind of ['drop-before', 'drop-after']) {
      await next({ kind });
      await expect(post()).rejects.toThrow();
    }
    await next({ kind: 'http-503', times: 5 });
    await simulator.control('DELETE faults');
    expect((await post()).status).toBe(200);
  });
});

describe('hostile replies', () => {
  it.each([
    ['lt-flood', /^<{1048576}$/],
    ['deep-nesting', /^(<a>){200000}$/],
    ['entities', /<!ENTITY e7 "(&e6;){10}">/],
  ])('%s', async (kind, body) => {
    const { simulator, post } = await broken({ kind });
    const response = await post();
    expect(response.headers.get('content-type')).toContain('text/xml');
    const text = await response.text();
    // Compares a boolean, because a failure must not print a megabyte.
    expect(body.test(text)).toBe(true);
    expect((await simulator.call('doGetSystemTime', TIME)).fault).toBeUndefined();
  });

  it('a bomb is small until it is unpacked', async () => {
    const { post } = await broken({ kind: 'gzip-bomb' });
    const response = await post();
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(Number(response.headers.get('content-length'))).toBeLessThan(200_000);
    expect((await response.arrayBuffer()).byteLength).toBe(64 * 1024 * 1024);
  });

  it('bytes of another charset than the header says', async () => {
    const { simulator } = await broken({ kind: 'http-503', times: 1 });
    await simulator.control('DELETE faults');
    await simulator.control('POST faults', { operation: 'doGetShipmentData', kind: 'wrong-charset' });
    const request = envelope(element('DoGetShipmentDataRequest', TIME));
    const response = await simulator.post('doGetShipmentData', request);
    expect(response.headers.get('content-type')).toContain('utf-8');
    const bytes = await response.arrayBuffer();
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
    expect(new TextDecoder('iso-8859-2').decode(bytes)).toContain('Przesyłka kurierska');
  });

  it('a trickle sends byte by byte, and does not keep the simulator from ending', async () => {
    const { simulator, post } = await broken({ kind: 'trickle', millis: 20, times: 2 });
    const started = performance.now();
    const response = await post();
    const reader = response.body?.getReader();
    let size = 0;
    while (size < 5) size += (await reader?.read())?.value?.length ?? 5;
    expect(performance.now() - started).toBeGreaterThan(60);
    expect(size).toBeLessThan(50);
    await reader?.cancel();
    const open = await post();
    const closing = performance.now();
    await simulator.close();
    expect(performance.now() - closing).toBeLessThan(2_000);
    await expect(open.text()).rejects.toThrow();
  });
});

it('a broken character stands in texts of the reply, and the rest of it is whole', async () => {
  for (const [text, written] of [
    [undefined, '\u000B'],
    ['&#55357;', '&#55357;'],
  ] as const) {
    const plain =
      '<ns1:itemTitle>Klamka</ns1:itemTitle><user-phone xsi:type="xsd:string">600</user-phone><userPhone/>';
    expect(withBrokenText(plain, text)).toBe(
      `<ns1:itemTitle>${written}Klamka</ns1:itemTitle><user-phone xsi:type="xsd:string">${written}600</user-phone><userPhone/>`,
    );
  }
});
