import { expect } from 'vitest';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import { createDoor, type Door } from '../../../functions/webapi/caller.ts';
import type { DialectId } from '../../../functions/webapi/dialect.ts';
import { createTransport } from '../../../functions/webapi/transport.ts';
import { freeTurn } from '../../support/free-turns.ts';
import { createWebapi, keptVersionKey } from '../../support/webapi.ts';
import { canonical, DIALECTS, fixture, serveCanned, settingsFor, VERSION_KEY } from './support.ts';

type Calling<T> = (webapi: Required<Marketplace>, door: Door) => Promise<T>;

/** Plays a fixture in every dialect, and checks that each gives the same result. */
export async function play<T>(name: string, call: Calling<T>): Promise<T> {
  const outcomes: Promise<T>[] = [];
  for (const dialect of DIALECTS) {
    const outcome = playIn(dialect, { name, call });
    await outcome.catch(() => {});
    outcomes.push(outcome);
  }
  const [first, ...others] = await Promise.all(outcomes.map(settled));
  for (const other of others) expect(other).toEqual(first);
  return outcomes[0] ?? Promise.reject(new Error('no dialect'));
}

const settled = <T>(promise: Promise<T>): Promise<unknown> => promise.catch((error: unknown) => error);

/** Makes the call against a server with the fixture's response, and checks the request by the fixture's. */
export async function playIn<T>(
  dialect: DialectId,
  { name, call }: { name: string; call: Calling<T> },
): Promise<T> {
  const { request, response } = fixture(name, dialect);
  const server = await serveCanned({ body: response });
  const settings = settingsFor(server.endpoint, dialect);
  const result = call(
    createWebapi(settings, { cache: keptVersionKey(VERSION_KEY) }),
    createDoor(settings, createTransport())(freeTurn),
  );
  await result.catch(() => {});
  expect(server.requests).toHaveLength(1);
  const [sent] = server.requests;
  expect(canonical(sent?.body ?? '')).toEqual(canonical(request));
  const action = `#${name.split('__')[0]}`;
  expect(sent?.message).toMatchObject({
    method: 'POST',
    headers: {
      soapaction: `"${dialect === 'rpc-encoded' ? action.toLowerCase() : action}"`,
      'content-type': 'text/xml; charset=utf-8',
    },
  });
  return result;
}

export const pln = (minor: number) => ({ minor, currency: 'PLN' });
