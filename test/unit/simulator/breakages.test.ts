import { describe, expect, it } from 'vitest';
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
