import { expect } from 'vitest';
import type { Marketplace } from '../../../functions/core/marketplace.ts';
import { createWebapi } from '../../../functions/webapi/driver.ts';
import { canonical, fixture, serveCanned, settingsFor } from './support.ts';

/** Makes the call against a server that gives the fixture's response, and checks the request by the fixture's. */
export async function play<T>(name: string, call: (webapi: Marketplace) => Promise<T>): Promise<T> {
  const { request, response } = fixture(name);
  const server = await serveCanned({ body: response });
  const result = call(createWebapi(settingsFor(server.endpoint)));
  await result.catch(() => {});
  expect(server.requests).toHaveLength(1);
  expect(canonical(server.requests[0]?.body ?? '')).toEqual(canonical(request));
  expect(server.requests[0]?.message).toMatchObject({
    method: 'POST',
    url: '/service.php',
    headers: { soapaction: `"#${name.split('__')[0]}"`, 'content-type': 'text/xml; charset=utf-8' },
  });
  return result;
}

export const pln = (minor: number) => ({ minor, currency: 'PLN' });
