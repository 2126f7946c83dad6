import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Operations, operation } from './aws-json.ts';

/** Number of events that are kept for reading. */
const KEPT = 10_000;
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

export const EventBusProperties = z.object({ Name: z.string().optional() });

/** An event as it was put on a bus. */
export interface BusEvent {
  readonly id: string;
  readonly time: string;
  readonly bus: string;
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly resources: readonly string[];
}

const Entry = z.object({
  EventBusName: z.string().default('default'),
  Source: z.string().default(''),
  DetailType: z.string().default(''),
  Detail: z.string().default(''),
  Resources: z.array(z.string()).default([]),
  Time: z.number().optional(),
});
type Entry = z.output<typeof Entry>;

interface Refusal {
  ErrorCode: string;
  ErrorMessage: string;
}

/** Accepts events, keeps the latest of them, and calls the listener for each. */
export class EventBuses {
  readonly operations: Operations;
  readonly #names: ReadonlySet<string>;
  readonly #events: BusEvent[] = [];
  readonly #listen: (event: BusEvent) => void;

  /** `names`: buses by name and by ARN. */
  constructor(names: readonly string[], listen: (event: BusEvent) => void = () => undefined) {
    this.#listen = listen;
    this.#names = new Set(['default', ...names]);
    const PutEvents = z.object({
      Entries: z
        .array(Entry)
        .min(1)
        .max(MAX_ENTRIES)
        .refine(fits, { error: 'Total size of the entries is over the limit' }),
    });
    this.operations = {
      'AWSEvents.PutEvents': operation(PutEvents, ({ Entries }) => {
        const results = Entries.map((entry) => this.#put(entry));
        return {
          FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
          Entries: results,
        };
      }),
    };
  }

  /** The latest events, oldest first. */
  events(): readonly BusEvent[] {
    return [...this.#events];
  }

  #put(entry: Entry): { EventId: string } | Refusal {
    const refusal = this.#refuse(entry);
    if (refusal !== undefined) return refusal;
    const id = randomUUID();
    const event: BusEvent = {
      id,
      time: new Date(entry.Time === undefined ? Date.now() : entry.Time * 1000).toISOString(),
      bus: entry.EventBusName,
      source: entry.Source,
      detailType: entry.DetailType,
      detail: JSON.parse(entry.Detail),
      resources: entry.Resources,
    };
    this.#events.push(event);
    this.#listen(event);
    if (this.#events.length > KEPT) this.#events.shift();
    return { EventId: id };
  }

  #refuse({ EventBusName, Source, DetailType, Detail }: Entry): Refusal | undefined {
    if (Source === '') return invalid('Source');
    if (DetailType === '') return invalid('DetailType');
    if (Detail === '') return invalid('Detail');
    if (Source.startsWith('aws.'))
      return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
    if (!isJsonObject(Detail)) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    if (this.#names.has(EventBusName)) return undefined;
    return {
      ErrorCode: 'ResourceNotFoundException',
      ErrorMessage: `Event bus ${EventBusName} does not exist.`,
    };
  }
}

const invalid = (parameter: string): Refusal => ({
  ErrorCode: 'InvalidArgument',
  ErrorMessage: `Parameter ${parameter} is not valid. Reason: ${parameter} is a required argument.`,
});

/**
 * Whether the entries fit into a request, counted as EventBridge counts: the texts, and 14 bytes for a time.
 */
function fits(entries: readonly Entry[]): boolean {
  const texts = entries.flatMap((entry) => [
    entry.Source,
    entry.DetailType,
    entry.Detail,
    ...entry.Resources,
  ]);
  const times = entries.filter(({ Time }) => Time !== undefined).length;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), times * 14) <= MAX_BYTES;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
