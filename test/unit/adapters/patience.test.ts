import { createServer } from 'node:http';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createDynamo } from '../../../functions/adapters/dynamo.ts';
import { PATIENCE } from '../../../functions/adapters/patience.ts';
import { listen } from '../../../infra/local/stack/loopback.ts';

it('gives up a request that hangs, and repeats it, long before a function is ended', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume();
    requests += 1;
    // Never answers the first request.
    if (requests > 1) response.end(JSON.stringify({ Item: { id: { S: 'found' } } }));
  });
  const { url, close } = await listen(server, { port: 0 });
  onTestFinished(close);
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', url);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  onTestFinished(() => void vi.unstubAllEnvs());
  const dynamo = createDynamo();
  onTestFinished(() => dynamo.destroy());
  const begun = performance.now();
  const { Item } = await dynamo.send(new GetCommand({ TableName: 'table', Key: { id: 'x' } }));
  expect(Item).toEqual({ id: 'found' });
  expect(requests).toBe(2);
  const { requestTimeout } = PATIENCE.requestHandler;
  expect(performance.now() - begun).toBeGreaterThanOrEqual(requestTimeout - 50);
  // A call over HTTP has at least 15 seconds, in which a request and a repetition have to fit.
  expect(2 * requestTimeout).toBeLessThan(15_000);
});
