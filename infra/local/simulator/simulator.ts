import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Breakages } from './http/breakages.ts';
import { handle, type Service } from './http/server.ts';
import { loadState, StateFile } from './state-file.ts';
import { documentLiteral } from './wire/doclit.ts';
import { rpcEncoded } from './wire/rpc.ts';
import { seedNumber } from './world/chance.ts';
import { Pace } from './world/pace.ts';
import { World } from './world/world.ts';

export interface SimulatorOptions {
  /** TCP port; 0 takes any free port. */
  readonly port: number;
  /** Loopback address to listen on. */
  readonly host?: '127.0.0.1' | '::1' | undefined;
  /**
   * Seed of the world: the same seed and the same calls make the same world. A saved state brings its own
   * seed.
   */
  readonly seed: number | string;
  /** Target namespace of the document/literal dialect. */
  readonly namespace?: string | undefined;
  /** Target namespace of the RPC/encoded dialect. */
  readonly rpcNamespace?: string | undefined;
  /** File that keeps the world over restarts. */
  readonly stateFile?: string | undefined;
  /** Seconds that the marketplace's clock is ahead at the start. */
  readonly advanceSeconds?: number | undefined;
  /** Reads requests of foreign clients leniently: see the setting of the same name. */
  readonly lenient?: boolean | undefined;
  /** Receives one line per call, without secrets. */
  readonly log?: ((line: string) => void) | undefined;
}

export interface Simulator {
  /** Base address; below it are `/service.php` and `/uploader.php`, a path for each dialect. */
  readonly url: string;
  /** Saves the state and ends every connection. */
  close(): Promise<void>;
}

export const SANDBOX_NAMESPACE = 'urn:SandboxWebApi';
export const RPC_NAMESPACE = 'urn:AllegroWebApi';

/**
 * Starts a marketplace on a loopback port. Rejects when the port is taken or the saved state cannot be read.
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { host = '127.0.0.1', log = () => {} } = options;
  const world = new World(seedNumber(String(options.seed)), loadState(options.stateFile));
  world.clock.advance(options.advanceSeconds ?? 0);
  if (options.lenient !== undefined) world.settings.lenient = options.lenient;
  const state = new StateFile(options.stateFile, { world, log });
  const pace = new Pace(world, () => state.changed());
  const breakages = new Breakages();
  const dialects = [
    documentLiteral(options.namespace ?? SANDBOX_NAMESPACE),
    rpcEncoded(options.rpcNamespace ?? RPC_NAMESPACE),
  ];
  const server = createServer((request, response) => handle(service, { request, response }));
  const url = () =>
    `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  const service: Service = {
    world,
    pace,
    breakages,
    url,
    dialects,
    log,
    onChange: () => state.changed(),
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(options.port, host, resolve);
    });
  } catch (error) {
    pace.stop();
    throw error;
  }
  return {
    url: url(),
    async close() {
      pace.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await state.close();
    },
  };
}
