import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ACCOUNT_ID, type Declared, REGION } from './resources.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { minute: 60, hour: 3_600, day: 86_400 };
const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;

export const Rule = z.object({
  /** Rate of a schedule; absent in rules that wait for events. */
  ScheduleExpression: z.string().regex(RATE, { error: 'only rate(...) schedules are run' }).optional(),
  State: z.string().default('ENABLED'),
  Targets: z.array(z.object({ Arn: z.string(), Input: z.string().optional() })),
});

interface Firing {
  readonly ruleArn: string;
  readonly functionArn: string;
  readonly everySeconds: number;
  readonly input: string | undefined;
}

type Invoke = (functionArn: string, event: unknown) => Promise<unknown>;

/** Wakes functions at their rates, or only on demand. */
export class Schedules {
  readonly #firings: readonly Firing[];
  readonly #invoke: Invoke;
  #timers: NodeJS.Timeout[] = [];

  constructor(rules: readonly Declared<z.output<typeof Rule>>[], invoke: Invoke) {
    this.#invoke = invoke;
    this.#firings = rules.filter(({ properties }) => properties.State === 'ENABLED').flatMap(firingsOf);
  }

  /** Starts the timers. The first firing comes after one period, as on AWS. */
  start(onError: (error: unknown) => void): void {
    this.#timers = this.#firings.map((firing) =>
      setInterval(() => void this.#fire(firing).catch(onError), firing.everySeconds * 1000),
    );
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Fires every enabled schedule, or those of one function, and waits for the functions to finish. */
  async fire(functionArn?: string): Promise<void> {
    const chosen = this.#firings.filter(
      (firing) => functionArn === undefined || firing.functionArn === functionArn,
    );
    if (functionArn !== undefined && chosen.length === 0)
      throw new Error(`No schedule wakes ${functionArn}.`);
    await Promise.all(chosen.map((firing) => this.#fire(firing)));
  }

  async #fire({ functionArn, input, ruleArn }: Firing): Promise<void> {
    await this.#invoke(functionArn, input === undefined ? scheduledEvent(ruleArn) : JSON.parse(input));
  }
}

function firingsOf({ identity, properties }: Declared<z.output<typeof Rule>>): Firing[] {
  if (properties.ScheduleExpression === undefined) return [];
  const [, count, unit = ''] = RATE.exec(properties.ScheduleExpression) ?? [];
  const everySeconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  return properties.Targets.map(({ Arn, Input }) => ({
    ruleArn: identity.arn,
    functionArn: Arn,
    everySeconds,
    input: Input,
  }));
}

function scheduledEvent(ruleArn: string) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: ACCOUNT_ID,
    time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    region: REGION,
    resources: [ruleArn],
    detail: {},
  };
}
