import { expect, it, onTestFinished, vi } from 'vitest';
import { eventBus } from '../../../functions/adapters/bus.ts';
import type { OrderEvent } from '../../../functions/core/delivery/events.ts';
import { serveAwsJson } from '../../../infra/local/stack/aws-json.ts';

interface Request {
  readonly Entries: readonly { readonly Detail: string }[];
}

/** A bus that refuses some entries, by their number among all entries that it was given. */
async function busThatRefuses(
  isRefused: (place: number) => boolean,
  refusal: object = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
) {
  const taken: string[] = [];
  const sizes: number[] = [];
  let place = 0;
  const server = await serveAwsJson({
    'AWSEvents.PutEvents': (input) => {
      const { Entries } = input as Request;
      sizes.push(Entries.length);
      const answers = Entries.map(({ Detail }) => {
        place += 1;
        if (isRefused(place)) return refusal;
        taken.push(JSON.parse(Detail).eventId);
        return { EventId: String(place) };
      });
      return { FailedEntryCount: 0, Entries: answers };
    },
  });
  onTestFinished(() => server.close());
  vi.stubEnv('AWS_ENDPOINT_URL_EVENTBRIDGE', server.url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
  return { taken, sizes, bus: eventBus('bus') };
}

const events = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    type: 'order.paid',
    detail: { eventId: String(index) },
  })) as unknown as OrderEvent[];

it('puts events ten at a time, and again those that were not taken', async () => {
  const { bus, taken, sizes } = await busThatRefuses((place) => place === 2 || place === 7);
  await bus.publishAll(events(23));
  expect(sizes).toEqual([10, 2, 10, 3]);
  expect(taken.map(Number).sort((one, other) => one - other)).toEqual(
    Array.from({ length: 23 }, (_, index) => index),
  );
});

it('throws when some are refused again and again', async () => {
  const { bus, sizes } = await busThatRefuses(() => true);
  await expect(bus.publishAll(events(3))).rejects.toThrow('order.paid was not taken: ThrottlingException');
  expect(sizes).toEqual([3, 3, 3]);
});

it('puts an entry again whose answer names neither an event nor an error', async () => {
  const { bus, taken, sizes } = await busThatRefuses((place) => place === 2, {});
  await bus.publishAll(events(3));
  expect(sizes).toEqual([3, 1]);
  expect(taken.toSorted()).toEqual(['0', '1', '2']);
});
