import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
const ofFigures = alarms.filter(
  ({ Namespace, Dimensions }) => Namespace === 'Klamka' && Dimensions !== undefined,
);

describe('figures', () => {
  it('follow from events that functions log', () => {
    expect(Object.keys(FIGURES).length).toBeGreaterThan(8);
    expect(Object.keys(FIGURES).filter((event) => !isLogged(event))).toEqual([]);
    expect(isLogged('no-such-event')).toBe(false);
  });

  it('in the log that alarms count are events that functions log', () => {
    const patterns = resourcesOfType(resources, 'AWS::Logs::MetricFilter').map(([, { Properties }]) =>
      String(Properties.FilterPattern),
    );
    const events = patterns.flatMap((pattern) => [...pattern.matchAll(/\$\.message = "([\w-]+)"/g)]);
    expect(events.length).toBeGreaterThan(4);
    expect(events.map(([, event = '']) => event).filter((event) => !isLogged(event))).toEqual([]);
  });

  it('with an alarm are counted, for the deployment and not for an account', () => {
    expect(ofFigures.map(({ MetricName }) => MetricName).toSorted()).toEqual([
      'AccountsLocked',
      'DeliveryLag',
      'FeedLag',
      'LoginsFailed',
      'LoginsRefused',
      'Throttles',
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
