import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreBusy } from '../../../functions/core/base/store-busy.ts';
import { FIGURES, METRICS } from '../../../functions/entry/metrics.ts';
import { packagedResources, resourcesOfType } from '../../support/template.ts';

const FUNCTIONS = join(import.meta.dirname, '..', '..', '..', 'functions');
const files = (await readdir(FUNCTIONS, { recursive: true })).filter(
  (name) => name.endsWith('.ts') && name !== join('entry', 'metrics.ts'),
);
const sources = (await Promise.all(files.map((name) => readFile(join(FUNCTIONS, name), 'utf8')))).join('\n');
/** Whether some function writes this event to its log. */
const isLogged = (event: string): boolean => new RegExp(`log\\.(info|warn)\\(\\s*'${event}'`).test(sources);

const resources = await packagedResources();
const alarms = resourcesOfType(resources, 'AWS::CloudWatch::Alarm').map(([name, { Properties }]) => ({
  name,
  ...(Properties as {
    Namespace: string;
    MetricName: string;
    Dimensions?: { Name: string; Value: unknown }[];
  }),
}));
const ofFigures = alarms.filter(({ Namespace }) => Namespace === 'Klamka');
const watched = ofFigures.map(({ MetricName }) => MetricName);

describe('figures', () => {
  it('follow from events that functions log', () => {
    expect(Object.keys(FIGURES).length).toBeGreaterThan(8);
    expect(Object.keys(FIGURES).filter((event) => !isLogged(event))).toEqual([]);
    expect(isLogged('no-such-event')).toBe(false);
  });

  it('are counted from no log beside them, and a trouble raises one alarm', () => {
    expect(resourcesOfType(resources, 'AWS::Logs::MetricFilter')).toEqual([]);
    expect(new Set(watched).size).toBe(watched.length);
    const raised = (figures: readonly (readonly [string, ...unknown[]])[]) =>
      new Set(figures.map(([name]) => name).filter((name) => watched.includes(name))).size;
    const samples = [
      ...[{}, { error: new Error('a bug') }, { error: new StoreBusy('throttled') }, { to: 'locked' }],
      ...[{ outcome: 'failed' }, { outcome: 'password-refused' }, { outcome: 'captcha', to: 'locked' }],
      ...[{ reason: 'calls-budget' }, { orders: 1, lagMillis: 5 }],
    ];
    for (const [event, figuresOf] of Object.entries(FIGURES))
      for (const fields of samples) expect(raised(figuresOf(fields)), event).toBeLessThanOrEqual(1);
    for (const event of ['run-failed', 'message-failed', 'sync-stalled', 'notifying-failed', 'audit-failed'])
      for (const { error } of samples) expect(raised(FIGURES[event]?.({ error }) ?? []), event).toBe(1);
    for (const event of ['webhook-dead-letter', 'webhook-disabled'])
      expect(raised(FIGURES[event]?.({}) ?? []), event).toBe(1);
    // The gateway counts an answer of 5xx.
    expect(FIGURES['request-failed']).toBeUndefined();
  });

  it('with an alarm are counted, for the deployment and not for an account', () => {
    expect(watched.toSorted()).toEqual([
      ...['AccountsLocked', 'AuditFailures', 'DeliveryLag', 'FeedLag', 'LoginsFailed', 'LoginsRefused'],
      ...['NoticesFailed', 'OwnTroubles', 'RunsStalled', 'Throttles', 'WebhookTroubles'],
    ]);
    for (const { name, MetricName, Dimensions } of ofFigures) {
      expect(METRICS, name).toContain(MetricName);
      expect(Dimensions, name).toEqual([{ Name: 'service', Value: 'klamka-dev' }]);
    }
    const environments = resourcesOfType(resources, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => (Properties.Environment as { Variables: Record<string, unknown> }).Variables,
    );
    expect(new Set(environments.map(({ METRICS_SERVICE }) => METRICS_SERVICE))).toEqual(
      new Set(['klamka-dev']),
    );
  });

  it('are all on the dashboard, whose body is JSON', () => {
    const { DashboardBody } = resources.Dashboard?.Properties ?? {};
    const body = JSON.parse((DashboardBody as { 'Fn::Sub': string })['Fn::Sub']) as {
      widgets: { properties: { metrics: unknown[][] } }[];
    };
    const shown = body.widgets.flatMap(({ properties }) => properties.metrics);
    const ours = shown.filter(([namespace]) => namespace === 'Klamka');
    expect([...new Set(ours.map(([, name]) => String(name)))].toSorted()).toEqual([...METRICS].toSorted());
    for (const [, , dimension, value] of ours) expect([dimension, value]).toEqual(['service', 'klamka-dev']);
  });
});

describe('the runbook', () => {
  it('names functions and events of the log as they are called', async () => {
    const runbook = await readFile(join(FUNCTIONS, '..', 'infra', 'RUNBOOK.md'), 'utf8');
    const functions = resourcesOfType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      String(Properties.FunctionName).replace('klamka-dev-', ''),
    );
    const stopped = [...runbook.matchAll(/for f in ([\w ]+);/g)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(stopped).toEqual(['work', 'send', 'plan', 'notify']);
    expect(stopped.filter((name) => !functions.includes(name))).toEqual([]);
    const [, alarms = ''] = /^## Alarms$(.*?)^## /ms.exec(runbook) ?? [];
    const quoted = [...alarms.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, event = '']) => event);
    expect(quoted.length).toBeGreaterThan(15);
    expect(quoted.filter((event) => !sources.includes(`'${event}'`))).toEqual([]);
  });
});
