/** Errors of each service for a caller that it has no capacity for. */
const THROTTLED = {
  dynamodb: 'ProvisionedThroughputExceededException',
  secretsmanager: 'ThrottlingException',
  sqs: 'RequestThrottled',
  events: 'ThrottlingException',
} as const;
const FAILED = {
  dynamodb: 'InternalServerError',
  secretsmanager: 'InternalServiceError',
  sqs: 'InternalError',
  events: 'InternalException',
} as const;
const SLOW_MILLIS = { min: 200, max: 1_500 };
const HOLD_MILLIS = 12_000;

/** Services by the names of their signatures. */
export type Service = keyof typeof THROTTLED;
export const SERVICES = Object.keys(THROTTLED) as readonly Service[];

/** A way to spoil a call, named as the proxy counts it. */
interface Kind {
  readonly name: string;
  readonly rule: object;
  /** Part of the spoilt calls, beside those of the other kinds. */
  readonly weight: number;
}

const kindsOf = (service: Service): Kind[] => [
  { name: THROTTLED[service], rule: { error: { code: THROTTLED[service], status: 400 } }, weight: 1 },
  { name: FAILED[service], rule: { error: { code: FAILED[service], status: 500 } }, weight: 1 },
  { name: 'reset', rule: { reset: true }, weight: 1 },
  { name: 'latency', rule: { latency: SLOW_MILLIS }, weight: 1 },
  // Longer than the time limit of our clients, so that these give up; rarer, because each costs them that time.
  { name: 'timeout', rule: { timeout_ms: HOLD_MILLIS }, weight: 0.25 },
];

/** Numbers of spoilt calls by service and kind: `sqs timeout`, `dynamodb InternalServerError`. */
export type Spoilt = Readonly<Record<string, number>>;

const counter = (service: Service, { name }: Kind): string => `${service} ${name}`;

/** Kinds of each service that have not happened. */
export const notSpoilt = (spoilt: Spoilt): string[] =>
  SERVICES.flatMap((service) => kindsOf(service).map((kind) => counter(service, kind))).filter(
    (name) => (spoilt[name] ?? 0) === 0,
  );

/** Share of the next calls that get a kind which has not happened yet: services with few calls would not see it. */
const OVERDUE = 0.5;

/** Rules that spoil a share of a service's calls; `overdue` kinds (see `notSpoilt`) happen once more, and soon. */
export function rulesFor(
  service: Service,
  { share, overdue = [] }: { share: number; overdue?: readonly string[] },
): object[] {
  const kinds = kindsOf(service);
  const weights = kinds.reduce((sum, { weight }) => sum + weight, 0);
  let left = 1;
  const usual = kinds.map(({ weight, rule }) => {
    const part = (share * weight) / weights;
    // A rule sees only the calls that earlier rules have left, so its chance is that of a call among these.
    const probability = part / left;
    left -= part;
    return { service, probability, ...rule };
  });
  const once = kinds
    .filter((kind) => overdue.includes(counter(service, kind)))
    .map(({ rule }) => ({ service, probability: OVERDUE, times: 1, ...rule }));
  return [...once, ...usual];
}

/** A line of the proxy's counters. */
const COUNTED =
  /^microburst_faults_total\{service="(\w+)",operation="\w+",action="(?:error:)?([^":]+)[^"]*"\} (\d+)$/gm;

/** The counts in the proxy's metrics, added up over operations. Errors count by their codes. */
export function spoiltIn(metrics: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, service, name, count] of metrics.matchAll(COUNTED)) {
    const key = `${service} ${name}`;
    counts[key] = (counts[key] ?? 0) + Number(count);
  }
  return counts;
}

/** Why a run shows less than it has to, a sentence each. */
export function shownTooLittle({
  spoilt,
  killed,
  orders,
}: {
  spoilt: Spoilt;
  killed: number;
  orders: number;
}): string[] {
  const total = Object.values(spoilt).reduce((sum, count) => sum + count, 0);
  return [
    ...notSpoilt(spoilt).map((name) => `no call was spoilt in this way: ${name}`),
    ...(total < orders ? [`only ${total} calls were spoilt, for ${orders} orders`] : []),
    ...(killed === 0 ? ['no worker was killed'] : []),
  ];
}
