import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ALL_SCOPES } from '../../functions/contract/scopes.ts';
import { request } from '../../infra/local/http-client.ts';
import { type Issuer, startIssuer } from '../../infra/local/issuer.ts';
import { type Simulator, startSimulator } from '../../infra/local/simulator/simulator.ts';
import { SIMULATED_NAMESPACE, simulatedMarketplaces } from '../../infra/local/world.ts';
import { type Receiver, startReceiver } from '../scenarios/receiver.ts';
import type { BusEvent, Scene } from '../scenarios/scene.ts';
import { handsFor } from '../support/hands.ts';
import { checkout, previousRelease } from './checkout.ts';
import { type Deployment, openDeployment } from './deployment.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { type Guide, openGuide } from './guide.ts';
import { untried } from './lacks.ts';
import { FOLDER } from './python.ts';

const run = promisify(execFile);
export const ADMINISTRATOR = 'e2e-administrator';

/** A deployment on an emulated AWS, a simulated marketplace, an issuer of tokens and a receiver of webhooks, all on loopback. */
export interface Stage {
  readonly name: string;
  readonly stack: string;
  readonly emulator: Emulator;
  readonly simulator: Simulator;
  readonly issuer: Issuer;
  readonly receiver: Receiver;
  readonly guide: Guide;
  /** Everything that was printed and answered so far, in all scenes and by the guide. */
  readonly said: string[];
  /** Secrets of all scenes, which nothing of `said` may contain. */
  readonly secrets: Set<string>;
  /** Whether the first deployment is the previous release. */
  readonly fromPrevious: boolean;
  /** Puts this checkout's sources where the previous release's are. */
  takeNewRelease(): Promise<void>;
  /** Another stage in the same surroundings, which this checkout's sources are deployed to. */
  another(name: string): Promise<Stage>;
  /** Names of what there is, by the kind of resource. */
  listing(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Answers of the AWS command line, as text. */
  aws(...args: readonly string[]): Promise<string>;
  /** The deployed stack as it is now. */
  deployment(): Promise<Deployment>;
  scene(
    deployment: Deployment,
    wanted: { prefix: string; heard: () => Promise<readonly BusEvent[]> },
  ): Promise<Scene>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const closing = new AsyncDisposableStack();
  await mkdir(FOLDER, { recursive: true, mode: 0o700 });
  const simulator = closing.adopt(
    await startSimulator({ port: 0, seed: 1, namespace: SIMULATED_NAMESPACE }),
    (one) => one.close(),
  );
  const settings = { acceptsCountryId: true, journalDelaySeconds: 0 };
  await request(simulator.url, { method: 'POST', path: '/_sim/settings', body: settings });
  const issuer = closing.adopt(await startIssuer(), (one) => one.close());
  const receiver = closing.adopt(await startReceiver({ tls: false }), async (one) => one.close());
  const emulator = closing.adopt(await startEmulator(), (one) => one.close());
  const shims = await shimsIn(join(FOLDER, 'shims'), String(emulator.env.PATH));
  const env = {
    ...emulator.env,
    PATH: `${shims}${delimiter}${emulator.env.PATH}`,
    // Another region than that of the deployment, as a person may have set it: the guide names its own.
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: 'us-east-1',
  };
  const aws = async (...args: readonly string[]) =>
    (await run('aws', [...args, '--output', 'json'], { env: emulator.env, maxBuffer: 64 * 1024 * 1024 }))
      .stdout;
  const previous = await previousRelease();
  const folder = await checkout(previous === undefined ? 'this' : { commit: previous });
  const takeNewRelease = async () => void (await checkout('this'));
  const [said, secrets]: [string[], Set<string>] = [[], new Set()];
  const surroundings = { emulator, simulator, issuer, receiver, said, secrets, aws };
  const stageNamed = async (name: string, fromPrevious: boolean): Promise<Stage> => {
    const stack = `klamka-${name}`;
    return {
      ...surroundings,
      name,
      stack,
      guide: await openGuide({ env: { ...env, STAGE: name }, folder, said }),
      fromPrevious,
      takeNewRelease,
      another: async (other) => {
        await takeNewRelease();
        return await stageNamed(other, false);
      },
      listing: async () =>
        JSON.parse(
          (await run('python', [join(import.meta.dirname, 'listing.py')], { env: emulator.env })).stdout,
        ),
      deployment: async () =>
        await openDeployment(
          emulator,
          stack,
          await aws('cloudformation', 'describe-stack-resources', '--stack-name', stack),
        ),
      scene: async (deployment, wanted) => await sceneOf({ ...surroundings, name, deployment, ...wanted }),
      close: () => closing.disposeAsync(),
    };
  };
  return await stageNamed('e2e', previous !== undefined);
}

/** Programs in place of those that the guide calls; returns their folder. */
async function shimsIn(folder: string, path: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(import.meta.dirname, 'curl.mjs'), join(folder, 'curl'));
  // The checkout has the modules of this one, which `npm ci` would delete.
  await writeFile(join(folder, 'npm'), `#!/bin/sh\n[ "$1" = ci ] && exit\nPATH='${path}' exec npm "$@"\n`);
  untried('npm ci of the guide: the checkout uses the modules that are installed here');
  for (const name of ['curl', 'npm']) await chmod(join(folder, name), 0o755);
  return folder;
}

/** Settings of the deployment that a person gives as parameters. */
export const settingsFor = ({ issuer, simulator }: Pick<Stage, 'issuer' | 'simulator'>): string[] => [
  'tokens=own',
  `tokenIssuer=${issuer.url}`,
  `tokenKeysUrl=${issuer.url}/jwks`,
  `tokenAudience=${issuer.environment.TOKEN_AUDIENCE}`,
  'tokenUse=access',
  `tokenScopePrefix=${issuer.environment.TOKEN_SCOPE_PREFIX}`,
  `marketplaces=${JSON.stringify(simulatedMarketplaces(simulator.url))}`,
];

/** Variables of the functions so that tests need not wait, and that the receiver on loopback is reached. */
export const environmentFor = ({ receiver }: Pick<Stage, 'receiver'>): Record<string, string> => ({
  SYNC_EVERY_SECONDS: '0',
  QUIET_EVERY_SECONDS: '0',
  CALLS_PER_SECOND: '100000',
  CALLS_PER_MINUTE: '10000000',
  WEBHOOK_TEST_HOSTS: new URL(receiver.url).host,
});

async function sceneOf({
  name,
  emulator,
  deployment,
  issuer,
  simulator,
  prefix,
  heard,
  said,
  secrets,
}: {
  name: string;
  emulator: Emulator;
  simulator: Simulator;
  issuer: Issuer;
  deployment: Deployment;
  prefix: string;
  heard: () => Promise<readonly BusEvent[]>;
  said: string[];
  secrets: Set<string>;
}): Promise<Scene> {
  const apiId = deployment.resources.find(({ ResourceType }) => ResourceType === 'AWS::ApiGatewayV2::Api');
  const root = `${emulator.url}/_aws/execute-api/${apiId?.PhysicalResourceId}`;
  const token = await issuer.token({ subject: ADMINISTRATOR, scopes: ALL_SCOPES });
  secrets.add(token);
  const place = { url: `${root}/v1`, token };
  const dynamo = new DynamoDBClient(emulator.aws);
  const client = new SecretsManagerClient(emulator.aws);
  return {
    ...handsFor({ place, simulator: simulator.url, prefix, said, secrets }),
    root,
    place,
    simulator: simulator.url,
    issuer,
    registry: { table: deployment.physical('RegistryTable'), aws: emulator.aws },
    tables: DynamoDBDocumentClient.from(dynamo),
    vault: { client, prefix: `klamka/${name}` },
    table: deployment.physical,
    settle: deployment.settle,
    orderEvents: heard,
    close: async () => {
      dynamo.destroy();
      client.destroy();
    },
  };
}
