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
  'RunsStalled',
  'NoticesFailed',
  'AuditFailures',
  'Throttles',
  'OrdersStored',
  'FeedLag',
  'Deliveries',
  'DeliveryLag',
  'WebhookTroubles',
] as const;
type Metric = (typeof METRICS)[number];
type Figure = readonly [name: Metric, value: number, unit?: 'Milliseconds'];

/** Reasons of runs that were held back by a limit of calls, the marketplace's or ours. */
const HELD_BACK = new Set(['calls-budget', 'key-rate-limited', 'address-blocked']);

const THROTTLED: readonly Figure[] = [['Throttles', 1]];

/** A store that is short of capacity has an alarm of its own. */
const ownTrouble = ({ error }: Fields): readonly Figure[] =>
  error instanceof StoreBusy ? THROTTLED : [['OwnTroubles', 1]];

/**
 * The figures in an event of the log; an alarm counts a trouble by one of them only. A failed call of the API is counted
 * by the gateway. A metric counts all accounts of a deployment together: an account as a dimension
 * would cost 30 cents a month for each account and metric, and show in CloudWatch who they are.
 */
export const FIGURES: Readonly<Record<string, (fields: Fields) => readonly Figure[]>> = {
  'login-ended': ({ outcome }) => [[loginsOf(outcome), 1]],
  'connection-changed': ({ to }) => (to === 'locked' ? [['AccountsLocked', 1]] : []),
  worked: ({ outcome }) => [['Runs', 1], ...(outcome === 'failed' ? [['RunsFailed', 1] as const] : [])],
  'run-failed': ownTrouble,
  'sync-stalled': () => [['RunsStalled', 1]],
  'run-stopped': ({ reason }) => (HELD_BACK.has(String(reason)) ? THROTTLED : []),
  'message-failed': ownTrouble,
  'notifying-failed': () => [['NoticesFailed', 1]],
  'audit-failed': () => [['AuditFailures', 1]],
  'events-read': ({ orders, lagMillis }) => [
    ['OrdersStored', Number(orders)],
    ...(lagMillis === undefined ? [] : [['FeedLag', Number(lagMillis), 'Milliseconds'] as const]),
  ],
  'told-bus': ({ lagMillis }) => [['DeliveryLag', Number(lagMillis), 'Milliseconds']],
  delivered: ({ lagMillis }) => [
    ['Deliveries', 1],
    ['DeliveryLag', Number(lagMillis), 'Milliseconds'],
  ],
  'webhook-dead-letter': () => [['WebhookTroubles', 1]],
  'webhook-disabled': () => [['WebhookTroubles', 1]],
};

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
