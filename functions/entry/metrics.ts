import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { StoreBusy } from '../core/base/store-busy.ts';
import { setting } from './settings.ts';

type Fields = Readonly<Record<string, unknown>>;

/** All metrics, in the namespace `Klamka`, with the deployment as their only dimension. */
export const METRICS = [
  'LoginsAccepted',
  'LoginsRefused',
  'LoginsFailed',
  'AccountsLocked',
  'Runs',
  'RunsFailed',
  'OwnTroubles',
  'Throttles',
  'OrdersStored',
  'FeedLag',
  'Deliveries',
  'DeliveryLag',
  'WebhookDeadLetters',
] as const;
type Metric = (typeof METRICS)[number];
type Figure = readonly [name: Metric, value: number, unit?: 'Milliseconds'];

/** Reasons of runs that were held back by a limit of calls, the marketplace's or ours. */
const HELD_BACK = new Set(['calls-budget', 'key-rate-limited', 'address-blocked']);

/**
 * The figures in an event of the log. A metric counts all accounts of a deployment together: an account as a dimension
 * would cost 30 cents a month for each account and metric, and show in CloudWatch who they are.
 */
export const FIGURES: Readonly<Record<string, (fields: Fields) => readonly Figure[]>> = {
  'login-ended': ({ outcome }) => [[loginsOf(outcome), 1]],
  'connection-changed': ({ to }) => (to === 'locked' ? [['AccountsLocked', 1]] : []),
  worked: ({ outcome }) => [['Runs', 1], ...(outcome === 'failed' ? [['RunsFailed', 1] as const] : [])],
  'run-failed': ({ error }) => [['OwnTroubles', 1], ...(error instanceof StoreBusy ? THROTTLED : [])],
  'run-stopped': ({ reason }) => (HELD_BACK.has(String(reason)) ? THROTTLED : []),
  'message-failed': ({ error }) => [['OwnTroubles', 1], ...(error instanceof StoreBusy ? THROTTLED : [])],
  'request-failed': () => [['OwnTroubles', 1]],
  'notifying-failed': () => [['OwnTroubles', 1]],
  'events-read': ({ orders, lagMillis }) => [
    ['OrdersStored', Number(orders)],
    ...(lagMillis === undefined ? [] : [['FeedLag', Number(lagMillis), 'Milliseconds'] as const]),
  ],
  'told-bus': ({ lagMillis }) => [['DeliveryLag', Number(lagMillis), 'Milliseconds']],
  delivered: ({ lagMillis }) => [
    ['Deliveries', 1],
    ['DeliveryLag', Number(lagMillis), 'Milliseconds'],
  ],
  'webhook-dead-letter': () => [['WebhookDeadLetters', 1]],
};

const THROTTLED: readonly Figure[] = [['Throttles', 1]];

function loginsOf(outcome: unknown): Metric {
  if (outcome === 'accepted') return 'LoginsAccepted';
  return outcome === 'password-refused' ? 'LoginsRefused' : 'LoginsFailed';
}

let metrics: Metrics | undefined;

/** Counts the figures in an event of the log, until they are published. */
export function count(event: string, fields: Fields = {}): void {
  for (const [name, value, unit = MetricUnit.Count] of FIGURES[event]?.(fields) ?? []) {
    metrics ??= new Metrics({ namespace: 'Klamka', serviceName: setting('METRICS_SERVICE') });
    metrics.addMetric(name, unit, value);
  }
}

/** Prints what was counted, in the embedded metric format, which CloudWatch reads from the log. */
export function publishCounts(): void {
  if (metrics?.hasStoredMetrics()) metrics.publishStoredMetrics();
}
