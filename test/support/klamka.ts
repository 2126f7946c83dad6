import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startWorld, type World, type WorldOptions } from '../../infra/local/world.ts';
import { contractFaults } from './contract.ts';
import { type Hands, handsFor } from './hands.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export type { Answer, Seller } from './hands.ts';

/** The whole product on its embedded stack, as tests drive it; all output is kept. */
export interface Klamka extends Hands {
  readonly world: World;
  /** The lines of `said` that functions or the stack printed. */
  readonly printed: string[];
  /** Every answer of the gateway, to all clients, with its headers. */
  readonly answers: string[];
  /** Fires the schedule and waits until the queue is empty. */
  settle(): Promise<void>;
  /** Throws if the API has given an answer that its contract does not have; `api` and `close` do so too. */
  refuseFaults(): void;
  close(): Promise<void>;
}

export async function startKlamka(
  options: Pick<WorldOptions, 'dataDir' | 'environment' | 'accidents' | 'accessFile'> & {
    seed?: number;
  } = {},
): Promise<Klamka> {
  const [said, printed, answers]: [string[], string[], string[]] = [[], [], []];
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
    answered: (one) => {
      answers.push(JSON.stringify(one));
      faults.push(...contractFaults(one));
    },
    log: ({ source, text }) => {
      printed.push(`${source} ${text}`);
      said.push(`${source} ${text}`);
    },
  });
  const hands = handsFor({ place: world.api, simulator: world.simulator.url, said, checked: refuseFaults });
  await hands.sim('POST', '/settings', { journalDelaySeconds: 0 });
  return {
    ...hands,
    world,
    printed,
    answers,
    refuseFaults,
    async settle() {
      await world.stack.fireSchedules();
      while (!world.stack.queueIdle()) await setTimeout(10);
    },
    async close() {
      const denials = world.stack.denials();
      await world.close();
      refuseFaults();
      if (denials.length > 0) throw new Error(`roles were too narrow: ${JSON.stringify(denials)}`);
    },
  };
}
