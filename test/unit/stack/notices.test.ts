import { expect, test } from 'vitest';
import type { BusEvent } from '../../../infra/local/stack/event-bus.ts';
import { BusRule, Topics } from '../../../infra/local/stack/notices.ts';

const ARN = 'arn:aws:sns:x:0:people';
const identity = { logicalId: 'Rule', name: 'rule', arn: 'arn:rule' };

const event = (changes: Partial<BusEvent> = {}): BusEvent => ({
  id: 'e1',
  time: '2026-11-23T00:00:00Z',
  bus: 'klamka',
  source: 'klamka',
  detailType: 'account.needs-person',
  detail: { title: 'He said "no" \\ twice', message: { pl: 'Zażółć', en: 'Do it' } },
  resources: [],
  ...changes,
});

const topics = () =>
  new Topics(
    [
      {
        identity,
        properties: BusRule.parse({
          EventBusName: 'klamka',
          EventPattern: { source: ['klamka'], 'detail-type': ['account.needs-person'] },
          Targets: [
            {
              Arn: ARN,
              InputTransformer: {
                InputPathsMap: { title: '$.detail.title', pl: '$.detail.message.pl' },
                InputTemplate: '"<title> | <pl>"',
              },
            },
          ],
        }),
      },
    ],
    [ARN],
  );

test('a matching event reaches the topic as its template says, letters and quotes intact', () => {
  const delivered = topics();
  delivered.deliver(event());
  expect(delivered.notices()).toEqual([
    { topic: ARN, eventId: 'e1', message: 'He said "no" \\ twice | Zażółć' },
  ]);
});

test.each([{ bus: 'other' }, { source: 'other' }, { detailType: 'account.connected' }])(
  'an event with %j reaches nobody',
  (change) => {
    const delivered = topics();
    delivered.deliver(event(change));
    expect(delivered.notices()).toEqual([]);
  },
);
