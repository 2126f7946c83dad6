import { join } from 'node:path';
import { request, send } from '../../infra/local/http-client.ts';
import type { Endpoints } from '../../infra/local/stack/function-environment.ts';
import { LOOPBACK } from '../../infra/local/stack/loopback.ts';
import { freePort, startProgram } from '../e2e/process.ts';
import { programs, ROOT } from '../e2e/python.ts';

/** Proxies between functions and the embedded services, which spoil a share of the calls in the way of AWS. */
export interface Proxies {
  between(services: Endpoints): Promise<Endpoints>;
  /** Sets the share of spoilt calls of each service, 0 to 1. */
  spoil(share: number): Promise<void>;
  /** Number of spoilt calls so far, by service and kind. */
  spoilt(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** Errors of each service for a caller that it has no capacity for. */
const THROTTLED: Readonly<Record<string, string>> = {
  dynamodb: 'ProvisionedThroughputExceededException',
  secretsmanager: 'ThrottlingException',
  sqs: 'RequestThrottled',
  events: 'ThrottlingException',
};
const FAILED: Readonly<Record<string, string>> = {
  dynamodb: 'InternalServerError',
  secretsmanager: 'InternalServiceError',
  sqs: 'InternalError',
  events: 'InternalException',
};
const SLOW_MILLIS = { min: 200, max: 1_500 };
const HOLD_MILLIS = 12_000;

/** Rules that spoil a share of a service's calls. */
function rulesFor(service: string, share: number): object[] {
  const kinds = [
    { error: { code: THROTTLED[service], status: 400 } },
    { error: { code: FAILED[service], status: 500 } },
    { reset: true },
    { latency: SLOW_MILLIS },
    // Longer than the time limit of our clients, so that these give up; rarer, because each costs them that time.
    { timeout_ms: HOLD_MILLIS, weight: 0.25 },
  ].map((kind) => ({ weight: 1, ...kind }));
  const weights = kinds.reduce((sum, { weight }) => sum + weight, 0);
  let left = 1;
  return kinds.map(({ weight, ...kind }) => {
    const part = (share * weight) / weights;
    // A rule sees only the calls that earlier rules have left, so its chance is that of a call among these.
    const probability = part / left;
    left -= part;
    return { service, probability, ...kind };
  });
}

/** A line of the proxy's counters. */
const COUNTED = /^microburst_faults_total\{service="(\w+)",operation="\w+",action="([^"]+)"\} (\d+)$/gm;

/** Starts Python with a fixed seed of its chance, because the proxy has no setting for it. */
const SEEDED = (seed: number) =>
  `import random; random.seed(${seed}); from microburst.cli import main; main()`;

/** A call of each service that changes nothing. */
const HARMLESS: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDB_20120810.ListTables',
  secretsmanager: 'secretsmanager.ListSecrets',
  sqs: 'AmazonSQS.ListQueues',
  events: 'AWSEvents.ListRules',
};

/** Has the proxy read its model of a service, which takes longer than a function may run on a busy machine. */
async function warm(url: string, service: string): Promise<void> {
  const scope = `local/20260101/eu-central-1/${service}/aws4_request`;
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': HARMLESS[service] ?? '',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    },
    body: '{}',
  });
  await answer.arrayBuffer();
}

export async function openProxies(seed: number): Promise<Proxies> {
  const bin = await programs();
  const closing = new AsyncDisposableStack();
  const opened: { url: string; services: readonly string[] }[] = [];
  const open = async (upstream: string, services: readonly string[]): Promise<string> => {
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
    async spoil(share) {
      for (const { url, services } of opened) {
        const rules = share === 0 ? [] : services.flatMap((service) => rulesFor(service, share));
        await request(url, { method: 'POST', path: '/_microburst/rules', body: rules });
      }
    },
    async spoilt() {
      const counts: Record<string, number> = {};
      for (const { url } of opened) {
        const metrics = await (await send(url, { path: '/_microburst/metrics' })).text();
        for (const [, service, action = '', count] of metrics.matchAll(COUNTED)) {
          const kind = `${service} ${action.split(':')[0]}`;
          counts[kind] = (counts[kind] ?? 0) + Number(count);
        }
      }
      return counts;
    },
    close: () => closing.disposeAsync(),
  };
}
