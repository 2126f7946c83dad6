import { z } from 'zod';
import type { BusEvent } from './event-bus.ts';
import type { Declared } from './resources.ts';

const Pattern = z.strictObject({
  source: z.array(z.string()).optional(),
  'detail-type': z.array(z.string()).optional(),
});

const Target = z.object({
  Arn: z.string(),
  InputTransformer: z
    .object({ InputPathsMap: z.record(z.string(), z.string()), InputTemplate: z.string() })
    .optional(),
});

/** A rule that sends events of a bus to a topic; events match by source and detail type. */
export const BusRule = z.object({
  State: z.string().default('ENABLED'),
  EventBusName: z.string().default('default'),
  EventPattern: Pattern.optional(),
  Targets: z.array(Target),
});

type Rule = z.output<typeof BusRule>;

/** A message as the subscribers of a topic would receive it. */
export interface Notice {
  readonly topic: string;
  readonly eventId: string;
  readonly message: string;
}

/** Sends events to topics by the rules, and keeps the messages: nobody here can be called or mailed. */
export class Topics {
  readonly #rules: readonly Rule[];
  readonly #notices: Notice[] = [];

  /** Throws when a target of a rule is not a topic. */
  constructor(rules: readonly Declared<Rule>[], topicArns: readonly string[]) {
    this.#rules = rules
      .map(({ properties }) => properties)
      .filter(({ EventPattern }) => EventPattern !== undefined);
    const wrong = this.#rules.flatMap(({ Targets }) => Targets).find(({ Arn }) => !topicArns.includes(Arn));
    if (wrong !== undefined)
      throw new Error(`The embedded stack hands events to topics only, not to ${wrong.Arn}.`);
  }

  deliver(event: BusEvent): void {
    for (const rule of this.#rules.filter((rule) => matches(rule, event))) {
      for (const target of rule.Targets) {
        this.#notices.push({ topic: target.Arn, eventId: event.id, message: messageOf(target, event) });
      }
    }
  }

  notices(): readonly Notice[] {
    return [...this.#notices];
  }
}

const matches = ({ State, EventBusName, EventPattern }: Rule, event: BusEvent): boolean =>
  State === 'ENABLED' &&
  EventBusName === event.bus &&
  (EventPattern?.source?.includes(event.source) ?? true) &&
  (EventPattern?.['detail-type']?.includes(event.detailType) ?? true);

/**
 * The message for an event: the whole event, or the transformer's template with each `<name>` replaced by the
 * value at its path.
 */
function messageOf({ InputTransformer: transformer }: z.output<typeof Target>, event: BusEvent): string {
  const whole = { id: event.id, source: event.source, 'detail-type': event.detailType, detail: event.detail };
  if (transformer === undefined) return JSON.stringify(whole);
  const filled = transformer.InputTemplate.replace(/<(\w+)>/g, (_, name: string) =>
    String(find(whole, transformer.InputPathsMap[name] ?? '$')).replace(/["\\]/g, '\\$&'),
  );
  return String(JSON.parse(filled));
}

const find = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce((part, key) => (part as Record<string, unknown> | undefined)?.[key], value);
