import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { attempt, type Call, request } from '../../infra/local/http-client.ts';
import { startWorld, type World, type WorldOptions } from '../../infra/local/world.ts';
import { contractFaults } from './contract.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Answer {
  readonly status: number;
  // JSON of many shapes, which tests check with matchers.
  readonly body: Record<string, unknown>;
}

/** The whole product on its embedded stack, as tests drive it; all output is kept. */
export interface Klamka {
  readonly world: World;
  /** Everything that functions printed and HTTP answered. */
  readonly said: string[];
  /** Secrets that were handed over, which no output may contain. */
  readonly secrets: Set<string>;
  api(method: string, path: string, body?: unknown, headers?: Call['headers']): Promise<Answer>;
  sim(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Fires the schedule and waits until the queue is empty. */
  settle(): Promise<void>;
  seller(options?: { login?: string; country?: number }): Promise<Seller>;
  registerKey(): Promise<string>;
  attempts(login: string): Promise<number>;
  /** Throws if the API has given an answer that its contract does not have; `api` and `close` do so too. */
  refuseFaults(): void;
  close(): Promise<void>;
}

export interface Seller {
  readonly login: string;
  readonly applicationPassword: string;
}

export async function startKlamka(
  options: Pick<WorldOptions, 'dataDir' | 'environment' | 'accidents' | 'accessFile'> & {
    seed?: number;
  } = {},
): Promise<Klamka> {
  const said: string[] = [];
  const secrets = new Set<string>();
  const faults: string[] = [];
  const refuseFaults = () => {
    if (faults.length > 0)
      throw new Error(`answers that are not in the contract: ${faults.splice(0).join('; ')}`);
  };
  const world = await startWorld({
    root: ROOT,
    seed: options.seed ?? 1,
    port: 0,
    schedules: 'manual',
    syncEverySeconds: 0,
    dataDir: options.dataDir,
    ...(options.accessFile !== undefined && { accessFile: options.accessFile }),
    ...(options.environment !== undefined && { environment: options.environment }),
    ...(options.accidents !== undefined && { accidents: options.accidents }),
    // Compared at the gateway, so that the answers to all clients are checked.
    answered: (one) => faults.push(...contractFaults(one)),
    log: ({ source, text }) => said.push(`${source} ${text}`),
  });
  let sellers = 0;
  const nextLogin = () => {
    sellers += 1;
    return `sprzedawca_${sellers}`;
  };
  const sim = (method: string, path: string, body?: unknown) =>
    request<Record<string, unknown>>(world.simulator.url, { method, path: `/_sim${path}`, body });
  const api: Klamka['api'] = async (method, path, body, headers = {}) => {
    const answer = await attempt(world.api, { method, path, body, headers });
    said.push(JSON.stringify(answer));
    refuseFaults();
    return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
  };
  await sim('POST', '/settings', { journalDelaySeconds: 0 });
  return {
    world,
    said,
    secrets,
    refuseFaults,
    api,
    sim,
    async settle() {
      await world.stack.fireSchedules();
      while (!world.stack.queueIdle()) await setTimeout(10);
    },
    async seller({ login = nextLogin(), country = 1 } = {}) {
      await sim('POST', '/sellers', { login, country, twoStep: true });
      const made = await sim('POST', `/sellers/${encodeURIComponent(login)}/application-passwords`, {
        name: 'Klamka',
      });
      const applicationPassword = String(made.applicationPassword);
      secrets.add(applicationPassword);
      return { login, applicationPassword };
    },
    async registerKey() {
      const integrationKey = `key${secrets.size}test`;
      secrets.add(integrationKey);
      await sim('POST', '/keys', { key: integrationKey });
      const { body } = await api('POST', '/integration-keys', { label: 'test', integrationKey });
      return String(body.integrationKeyId);
    },
    async attempts(login) {
      const { logins } = (await sim('GET', '/stats')) as { logins: Record<string, { attempts: number }> };
      return logins[login]?.attempts ?? 0;
    },
    async close() {
      const denials = world.stack.denials();
      await world.close();
      refuseFaults();
      if (denials.length > 0) throw new Error(`roles were too narrow: ${JSON.stringify(denials)}`);
    },
  };
}
