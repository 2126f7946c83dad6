// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes placeholders like this
import { expect, test } from 'vitest';
import { resolve } from '../../../infra/local/stack/intrinsics.ts';
import { lambda, packaged, started, temporaryFolder } from './project.ts';

const LOOKUP = {
  ref: (name: string) => `<${name}>`,
  attribute: (logicalId: string, attribute: string) => `<${logicalId}:${attribute}>`,
};

test.each([
  [{ Ref: 'A' }, '<A>'],
  [{ 'Fn::GetAtt': ['A', 'Arn'] }, '<A:Arn>'],
  [{ 'Fn::GetAtt': 'A.Arn' }, '<A:Arn>'],
  [{ 'Fn::Join': ['/', ['a', { Ref: 'A' }, { 'Fn::GetAtt': ['A', 'Arn'] }]] }, 'a/<A>/<A:Arn>'],
  [{ 'Fn::Sub': '${A}-${A.Arn}-${!A}-${AWS::Region}' }, '<A>-<A:Arn>-${A}-<AWS::Region>'],
  [{ 'Fn::Sub': ['${x}/${A}', { x: { Ref: 'B' } }] }, '<B>/<A>'],
  [{ deep: [{ Ref: 'A' }, 1, null, true] }, { deep: ['<A>', 1, null, true] }],
])('%j stands for %j', (value, meaning) => {
  expect(resolve(value, LOOKUP)).toEqual(meaning);
});

test('a resource that cannot be run here is refused by name, before anything runs', async () => {
  expect(() => resolve({ 'Fn::If': ['a', 'b', 'c'] }, LOOKUP)).toThrow('Fn::If');
  const refused: [object, string][] = [
    [{ Stream: { Type: 'AWS::Kinesis::Stream' } }, 'Stream (AWS::Kinesis::Stream)'],
    [{ Fn: { ...lambda('x'), Condition: 'IsProd' } }, 'conditions: Fn'],
    [{ Fn: lambda('x', { Environment: { Variables: { A: { Ref: 'Nothing' } } } }) }, 'no Nothing'],
    [{ Fn: lambda('x', { Runtime: 'python3.13' }) }, 'Fn (AWS::Lambda::Function): Runtime'],
    [
      {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { ScheduleExpression: 'cron(0 8 * * ? *)', Targets: [] },
        },
      },
      'only rate',
    ],
    [
      {
        Rule: {
          Type: 'AWS::Events::Rule',
          Properties: { EventPattern: {}, Targets: [{ Arn: 'arn:aws:sqs:x' }] },
        },
      },
      'to topics only',
    ],
  ];
  for (const [resources, message] of refused)
    await expect(started(await packaged(resources))).rejects.toThrow(message);
});

test('a missing template says how to make it', async () => {
  await expect(started(await temporaryFolder())).rejects.toThrow('npm run package');
});
