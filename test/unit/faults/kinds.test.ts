import { expect, it } from 'vitest';
import { notSpoilt, rulesFor, SERVICES, shownTooLittle, spoiltIn } from '../../faults/kinds.ts';

const line = (service: string, operation: string, action: string, count: number) =>
  `microburst_faults_total{service="${service}",operation="${operation}",action="${action}"} ${count}`;

const ALL = Object.fromEntries(notSpoilt({}).map((name) => [name, 10]));

it('counts spoilt calls by service and kind, errors by their codes, over all operations', () => {
  const metrics = [
    '# TYPE microburst_faults_total counter',
    line('dynamodb', 'GetItem', 'error:InternalServerError', 2),
    line('dynamodb', 'PutItem', 'error:InternalServerError', 3),
    line('dynamodb', 'PutItem', 'error:ProvisionedThroughputExceededException', 4),
    line('sqs', 'SendMessage', 'latency:733ms', 1),
    line('sqs', 'SendMessage', 'latency:1201ms', 1),
    line('events', 'PutEvents', 'reset', 6),
    line('secretsmanager', 'GetSecretValue', 'timeout:12000ms', 7),
    '',
  ].join('\n');
  expect(spoiltIn(metrics)).toEqual({
    'dynamodb InternalServerError': 5,
    'dynamodb ProvisionedThroughputExceededException': 4,
    'sqs latency': 2,
    'events reset': 6,
    'secretsmanager timeout': 7,
  });
});

it('a run shows too little without any kind of any service, without a killed worker, and with few spoilt calls', () => {
  expect(Object.keys(ALL)).toHaveLength(5 * SERVICES.length);
  expect(shownTooLittle({ spoilt: ALL, killed: 1, orders: 200 })).toEqual([]);
  for (const name of Object.keys(ALL))
    expect(shownTooLittle({ spoilt: { ...ALL, [name]: 0 }, killed: 1, orders: 100 })).toEqual([
      `no call was spoilt in this way: ${name}`,
    ]);
  expect(shownTooLittle({ spoilt: ALL, killed: 0, orders: 200 })).toEqual(['no worker was killed']);
  expect(shownTooLittle({ spoilt: ALL, killed: 1, orders: 201 })).toHaveLength(1);
});

interface Rule {
  readonly probability: number;
  readonly times?: number;
}

it('rules spoil the share of calls that they are asked for, whatever their order', () => {
  for (const share of [0.05, 0.3]) {
    const rules = rulesFor('sqs', { share }) as Rule[];
    const untouched = rules.reduce((left, { probability }) => left * (1 - probability), 1);
    expect(1 - untouched).toBeCloseTo(share);
  }
});

it('an overdue kind comes first, once, and for its own service only', () => {
  const overdue = ['events timeout', 'sqs reset'];
  expect(rulesFor('events', { share: 0.1, overdue })).toMatchObject([
    { service: 'events', timeout_ms: 12_000, times: 1, probability: 0.5 },
    ...rulesFor('events', { share: 0.1 }),
  ]);
  expect(rulesFor('dynamodb', { share: 0.1, overdue })).toEqual(rulesFor('dynamodb', { share: 0.1 }));
});
