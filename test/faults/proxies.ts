import { join } from 'node:path';
import { request, send } from '../../infra/local/http-client.ts';
import type { Endpoints } from '../../infra/local/stack/function-environment.ts';
import { LOOPBACK } from '../../infra/local/stack/loopback.ts';
import { freePort, startProgram } from '../e2e/process.ts';
import { programs, ROOT } from '../e2e/python.ts';
import { rulesFor, type Service, type Spoilt, spoiltIn } from './kinds.ts';

/** Proxies between functions and the embedded services, which spoil a share of the calls in the way of AWS. */
export interface Proxies {
  between(services: Endpoints): Promise<Endpoints>;
  /** Sets the share of spoilt calls of each service, 0 to 1, and kinds that have to happen yet. */
  spoil(share: number, overdue?: readonly string[]): Promise<void>;
  /** Number of spoilt calls so far, by service and kind. */
  spoilt(): Promise<Spoilt>;
  close(): Promise<void>;
}

/** Starts Python with a fixed seed of its chance, because the proxy has no setting for it. */
const SEEDED = (seed: number) =>
  `import random; random.seed(${seed}); from microburst.cli import main; main()`;

/** A call of each service that changes nothing. */
const HARMLESS: Readonly<Record<Service, string>> = {
  dynamodb: 'DynamoDB_20120810.ListTables',
  secretsmanager: 'secretsmanager.ListSecrets',
  sqs: 'AmazonSQS.ListQueues',
  events: 'AWSEvents.ListRules',
};

/** Has the proxy read its model of a service, which takes longer than a function may run on a busy machine. */
async function warm(url: string, service: Service): Promise<void> {
  const scope = `local/20260101/eu-central-1/${service}/aws4_request`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': HARMLESS[service],
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  });
  await answer.arrayBuffer();
}

export async function openProxies(seed: number): Promise<Proxies> {
  const bin = await programs();
  const closing = new AsyncDisposableStack();
  const opened: { url: string; services: readonly Service[] }[] = [];
  const open = async (upstream: string, services: readonly Service[]): Promise<string> => {
    const port = await freePort();
    const url = `http://${LOOPBACK}:${port}`;
    const args = ['--upstream', upstream, '--port', String(port), '--host', LOOPBACK, '--no-resign'];
    const program = await startProgram({
      command: join(bin, 'python'),
      args: ['-c', SEEDED(seed + opened.length), ...args],
      env: { ...process.env },
      log: join(ROOT, '.klamka', 'faults', `${services.join('-')}.log`),
      answersAt: `${url}/_microburst/rules`,
    });
    closing.defer(() => program.close());
    opened.push({ url, services });
    for (const service of services) await warm(url, service);
    return url;
  };
  return {
    async between({ dynamodb, sqs, secretsManager }) {
      const others = await open(secretsManager, ['secretsmanager', 'events']);
      return {
        dynamodb: await open(dynamodb, ['dynamodb']),
        sqs: await open(sqs, ['sqs']),
        secretsManager: others,
        eventBridge: others,
      };
    },
    async spoil(share, overdue = []) {
      for (const { url, services } of opened) {
        const rules = share === 0 ? [] : services.flatMap((service) => rulesFor(service, { share, overdue }));
        await request(url, { method: 'POST', path: '/_microburst/rules', body: rules });
      }
    },
    async spoilt() {
      let metrics = '';
      for (const { url } of opened)
        metrics += await (await send(url, { path: '/_microburst/metrics' })).text();
      return spoiltIn(metrics);
    },
    close: () => closing.disposeAsync(),
  };
}
