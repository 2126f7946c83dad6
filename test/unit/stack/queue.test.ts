import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import type { Stack, StackOptions } from '../../../infra/local/stack/stack.ts';
import { CLIENT, eventually, linesOf, packaged, started, temporaryFolder, workQueue } from './project.ts';

/**
 * A handler that records its beginning and end, and obeys the body: `sleep 50`, `sleep-first 50`, `throw`,
 * `refuse`.
 */
const WORK = `
const { appendFileSync } = require('node:fs');
const note = (text) => appendFileSync(process.env.NOTES, text + '\\n');
exports.handler = async ({ Records }) => {
  const failed = [];
  for (const record of Records) {
    const [name, order, argument] = record.body.split(' ');
    note('begin ' + name + ' ' + record.attributes.ApproximateReceiveCount);
    if (process.env.RECORDS) appendFileSync(process.env.RECORDS, JSON.stringify(record) + '\\n');
    if (order === 'sleep') await new Promise((resolve) => setTimeout(resolve, Number(argument)));
    if (order === 'sleep-first' && record.attributes.ApproximateReceiveCount === '1')
      await new Promise((resolve) => setTimeout(resolve, Number(argument)));
    if (order === 'throw') throw new Error('no');
    if (order === 'refuse') failed.push({ itemIdentifier: record.messageId });
    note('end ' + name);
  }
  return { batchItemFailures: failed };
};`;

/**
 * A stack with a queue. Visibilities outlast the start of the function on a busy machine, or messages would
 * come twice.
 */
interface Bench {
  stack: Stack;
  notes: string;
  send(body: string, group?: string): Promise<void>;
}

async function bench(
  options: Parameters<typeof workQueue>[0] = {},
  { dataDir, accidents }: Pick<StackOptions, 'dataDir' | 'accidents'> = {},
): Promise<Bench> {
  const root = await packaged(workQueue(options), { work: WORK });
  const notes = join(root, 'notes.txt');
  const environment = { NOTES: notes, RECORDS: join(root, 'records.txt') };
  const stack = await started(root, {
    environment,
    ...(dataDir !== undefined && { dataDir }),
    ...(accidents !== undefined && { accidents }),
  });
  const client = clientOf(stack);
  const QueueUrl = stack.resource('Queue').url;
  const send = async (body: string, group = 'g') => {
    const MessageDeduplicationId = `${group} ${body}`;
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'sync' } };
    const message = { MessageBody: body, MessageGroupId: group, MessageDeduplicationId, MessageAttributes };
    await client.send(new SendMessageCommand({ QueueUrl, ...message }));
  };
  return { stack, notes, send };
}

function clientOf(stack: Stack): SQSClient {
  const client = new SQSClient({ ...CLIENT, endpoint: stack.endpoints.sqs });
  onTestFinished(() => client.destroy());
  return client;
}

test('a message wakes the function at once, as a record of the real kind', async () => {
  const { stack, notes, send } = await bench();
  await send('warm-up');
  await eventually(() => stack.queueIdle());
  const sent = performance.now();
  await send('hello', 'account-1');
  await eventually(async () => (await linesOf(notes)).includes('end hello'));
  expect(performance.now() - sent).toBeLessThan(1_000);
  await eventually(() => stack.queueIdle());
  const [, text = ''] = await linesOf(notes.replace('notes', 'records'));
  expect(JSON.parse(text)).toMatchObject({
    body: 'hello',
    attributes: {
      ApproximateReceiveCount: '1',
      MessageGroupId: 'account-1',
      MessageDeduplicationId: 'account-1 hello',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
      SentTimestamp: expect.stringMatching(/^\d{13}$/),
    },
    messageAttributes: { kind: { dataType: 'String', stringValue: 'sync' } },
    md5OfBody: '5d41402abc4b2a76b9719d911017c592',
    eventSource: 'aws:sqs',
    eventSourceARN: stack.resource('Queue').arn,
    awsRegion: 'eu-central-1',
  });
});

test('one group is worked on in order, several at the same time, up to the limit', async () => {
  const { stack, notes, send } = await bench({ concurrency: 2 });
  for (const group of ['a', 'b', 'c'])
    for (const step of [1, 2]) await send(`${group}${step} sleep 150`, group);
  await eventually(async () => (await linesOf(notes)).length === 12);
  const lines = (await linesOf(notes)).map((line) => line.split(' ').slice(0, 2).join(' '));
  for (const group of ['a', 'b', 'c']) {
    const own = lines.filter((line) => line.includes(` ${group}`));
    expect(own).toEqual([`begin ${group}1`, `end ${group}1`, `begin ${group}2`, `end ${group}2`]);
  }
  let running = 0;
  const most = Math.max(...lines.map((line) => (running += line.startsWith('begin') ? 1 : -1)));
  expect(most).toBe(2);
  expect(stack.instances('Work')).toHaveLength(2);
});

test('a killed instance fails only its message, which comes again after its visibility', async () => {
  const { stack, notes, send } = await bench({ visibilitySeconds: 4 });
  await send('victim sleep 600');
  await eventually(async () => (await linesOf(notes)).includes('begin victim 1'));
  expect(stack.queueIdle()).toBe(false);
  expect(stack.kill('Work')).toBe(1);
  await send('other', 'h');
  await eventually(async () => (await linesOf(notes)).includes('end victim'));
  expect(await linesOf(notes)).toEqual([
    'begin victim 1',
    'begin other 1',
    'end other',
    'begin victim 2',
    'end victim',
  ]);
});

test('a message that outlives its visibility comes again, and the queue is not idle before both workers are', async () => {
  const { stack, notes, send } = await bench({ visibilitySeconds: 1, concurrency: 2 });
  await send('slow sleep-first 4000');
  await eventually(async () => (await linesOf(notes)).includes('end slow'));
  const begun = ['begin slow 1', 'begin slow 2', 'end slow'];
  expect(await linesOf(notes)).toEqual(begun);
  await setTimeout(200);
  expect(stack.queueIdle()).toBe(false);
  await eventually(() => stack.queueIdle());
  expect(await linesOf(notes)).toEqual([...begun, 'end slow']);
});

test('where accidents are on, a message that failed comes again at once, after somebody was told', async () => {
  const failures: unknown[] = [];
  const messagesFailed = async (failure: unknown) => void failures.push(failure);
  const { stack, notes, send } = await bench({ visibilitySeconds: 60 }, { accidents: { messagesFailed } });
  await send('victim sleep 600');
  await eventually(async () => (await linesOf(notes)).includes('begin victim 1'));
  stack.kill('Work');
  await eventually(async () => (await linesOf(notes)).includes('end victim'));
  await send('bad refuse', 'b');
  await eventually(async () => (await linesOf(notes)).includes('begin bad 2'));
  await eventually(() => stack.queueIdle());
  const functionName = stack.resource('Work').name;
  expect(failures).toEqual([
    { functionName, bodies: ['victim sleep 600'] },
    { functionName, bodies: ['bad refuse'] },
    { functionName, bodies: ['bad refuse'] },
  ]);
});

test('a message that fails again and again goes to the dead-letter queue', async () => {
  const { stack, notes, send } = await bench({ visibilitySeconds: 3 });
  await send('poison throw');
  const dead = { QueueUrl: stack.resource('Dead').url, WaitTimeSeconds: 20 };
  const { Messages } = await clientOf(stack).send(new ReceiveMessageCommand(dead));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['poison throw']);
  expect(await linesOf(notes)).toEqual(['begin poison 1', 'begin poison 2']);
  expect(stack.queueIdle()).toBe(true);
});

test('of a batch only the messages named as failed come again', async () => {
  const { notes, send, stack } = await bench({ visibilitySeconds: 3, batchSize: 10, concurrency: 1 });
  await send('block sleep 200', 'z');
  await Promise.all([send('good', 'a'), send('bad refuse', 'b')]);
  await eventually(async () => (await linesOf(notes)).includes('begin bad 2'));
  await eventually(() => stack.queueIdle());
  expect((await linesOf(notes)).filter((line) => line.startsWith('begin good'))).toEqual(['begin good 1']);
});

test('messages of a data folder survive, and one in work is handed back when the stack is closed', async () => {
  const dataDir = await temporaryFolder();
  const first = await bench({ visibilitySeconds: 60 }, { dataDir });
  await first.send('long sleep 1500');
  await first.send('behind');
  await eventually(async () => (await linesOf(first.notes)).includes('begin long 1'));
  await first.stack.close();
  const second = await bench({ visibilitySeconds: 60 }, { dataDir });
  await eventually(async () => (await linesOf(second.notes)).includes('end behind'));
  expect(await linesOf(second.notes)).toEqual(['begin long 2', 'end long', 'begin behind 1', 'end behind']);
});
