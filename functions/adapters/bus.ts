import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { chunks } from '../core/base/batches.ts';
import type { OrderBus } from '../core/delivery/store.ts';
import type { Bus } from '../core/notices/bus.ts';
import { PATIENCE } from './patience.ts';

const SOURCE = 'klamka';
/** Most entries that EventBridge accepts in a request. */
const BATCH = 10;
/** Number of rounds, because single entries may be refused while the bus is busy. */
const TRIES = 3;

export function eventBus(name: string): Bus & OrderBus {
  const client = new EventBridgeClient(PATIENCE);
  const entryOf = ({ type, detail }: { type: string; detail: object }): PutEventsRequestEntry => ({
    EventBusName: name,
    Source: SOURCE,
    DetailType: type,
    Detail: JSON.stringify(detail),
  });
  return {
    publish: (event) => putAll(client, [entryOf(event)]),

    async publishAll(events) {
      for (const some of chunks(events, BATCH)) await putAll(client, some.map(entryOf));
    },
  };
}

/**
 * Puts entries again that got no id of an event: only the id proves that the bus has taken an entry. Throws, naming the
 * type and the reason, if some are refused in every round.
 */
async function putAll(client: EventBridgeClient, entries: readonly PutEventsRequestEntry[]): Promise<void> {
  let left = [...entries];
  let refusal = '';
  for (let round = 0; round < TRIES && left.length > 0; round += 1) {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: left }));
    const isRefused = (index: number) => Entries[index]?.EventId === undefined;
    refusal = Entries.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? 'no answer for it';
    left = left.filter((_, index) => isRefused(index));
  }
  if (left.length > 0) throw new Error(`event ${left[0]?.DetailType} was not taken: ${refusal}`);
}
