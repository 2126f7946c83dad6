import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { administratorOf, leaveAccess, localAccess } from './administrator.ts';
import { type Place, request } from './http-client.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import { packageService } from './package.ts';
import { type Simulator, startSimulator } from './simulator/simulator.ts';
import type { LogLine } from './stack/log-files.ts';
import { type Accidents, type Stack, type StackOptions, startStack } from './stack/stack.ts';

export interface WorldOptions {
  readonly root: string;
  readonly seed: number;
  readonly port: number;
  readonly dataDir?: string | undefined;
  readonly schedules: 'timed' | 'manual';
  /** Replaces the deployment's pace, so that a demonstration or a test need not wait. */
  readonly syncEverySeconds?: number;
  /** Variables for all functions, which override those of the template. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Receives the lines that functions print. */
  readonly log?: (line: LogLine) => void;
  readonly accidents?: Accidents;
  readonly between?: StackOptions['between'];
  readonly answered?: StackOptions['answered'];
  /** File with address and token, which exists while the world runs; the logs stand in `logs` beside it. */
  readonly accessFile?: string;
}

/** The simulated marketplace and Klamka as packaged, running together. */
export interface World {
  readonly simulator: Simulator;
  readonly stack: Stack;
  /** Version 1 of the HTTP API, with a token of its administrator. */
  readonly api: Place;
  readonly issuer: Issuer;
  close(): Promise<void>;
}

export const SIMULATED_NAMESPACE = 'urn:SandboxWebApi';

/** The marketplaces that the simulator plays; the last two are entrances to the same marketplace. */
export const simulatedMarketplaces = (url: string) => ({
  allegro: { identity: 'allegro', endpoint: `${url}/service.php`, namespace: SIMULATED_NAMESPACE },
  aukro: { identity: 'aukro', endpoint: `${url}/service.php`, namespace: SIMULATED_NAMESPACE },
  'aukro-uploader': { identity: 'aukro', endpoint: `${url}/uploader.php` },
});

/** Packages the service if needed, then starts the simulator and the stack that the template declares. */
export async function startWorld(options: WorldOptions): Promise<World> {
  await packageService(options.root);
  const { dataDir, accessFile } = options;
  const logDir = accessFile && resolve(dirname(accessFile), 'logs');
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const simulator = await startSimulator({
    port: 0,
    seed: options.seed,
    namespace: SIMULATED_NAMESPACE,
    ...(dataDir !== undefined && { stateFile: join(dataDir, 'simulator.json') }),
  });
  // Accepts either spelling of a login's country, because a single simulator plays both marketplaces.
  await request(simulator.url, { method: 'POST', path: '/_sim/settings', body: { acceptsCountryId: true } });
  const issuer = await startIssuer();
  const stack = await startStack({
    root: options.root,
    port: options.port,
    schedules: options.schedules,
    environment: {
      MARKETPLACES: JSON.stringify(simulatedMarketplaces(simulator.url)),
      // The simulated marketplace accepts any number of calls.
      CALLS_PER_SECOND: '100000',
      CALLS_PER_MINUTE: '10000000',
      ...issuer.environment,
      ...(options.syncEverySeconds !== undefined && {
        SYNC_EVERY_SECONDS: String(options.syncEverySeconds),
        QUIET_EVERY_SECONDS: String(options.syncEverySeconds),
      }),
      ...options.environment,
    },
    ...(dataDir !== undefined && { dataDir: join(dataDir, 'stack') }),
    ...(logDir !== undefined && { logDir }),
    ...(options.log !== undefined && { log: options.log }),
    ...(options.accidents !== undefined && { accidents: options.accidents }),
    ...(options.between !== undefined && { between: options.between }),
    ...(options.answered !== undefined && { answered: options.answered }),
  });
  const api = { url: `${stack.apiUrl}/v1`, token: await administratorOf({ stack, issuer }) };
  const access =
    accessFile === undefined || logDir === undefined
      ? undefined
      : await leaveAccess(accessFile, {
          api,
          issuer,
          local: localAccess({ stack, simulatorUrl: simulator.url, logDir }),
        });
  return {
    simulator,
    stack,
    issuer,
    api,
    close: async () => {
      await access?.remove();
      await stack.close();
      await issuer.close();
      await simulator.close();
    },
  };
}
