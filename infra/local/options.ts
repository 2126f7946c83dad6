import { parseArgs } from 'node:util';

export interface StartOptions {
  readonly once: boolean;
  readonly json: boolean;
  readonly orders: number;
  readonly accounts: number;
  readonly seed: number;
  readonly port: number;
  readonly data: string | undefined;
  readonly chaos: boolean;
}

export const USAGE = `Klamka on an embedded stack: no account, no network, nothing to install but npm packages.

  npm start                         seed two sellers, let buyers buy, show what happens
  npm start -- --once --json        make orders, store them all, compare with the truth, exit

Options
  --port N       HTTP API on this port (default 3000; 0 takes any free one)
  --data DIR     keep everything in this folder over restarts (default: nothing is kept)
  --accounts N   how many sellers (default 2)
  --seed N       seed of all chance in the simulated marketplace (default: 1)
  --once         run until the orders that simulated buyers made are all stored, then exit
  --orders N     with --once: how many orders buyers make (default 100)
  --json         with --once: the last line of the output is one JSON object
  --chaos        with --once: workers are killed, calls and sessions break, the journal loses and repeats
                 events, the store refuses, all drawn from the seed; orders have to come out right all the same
  --help         this text

Exit code of --once: 0 if no order is missing, doubled or different and no account locked, else 1; 2 for a
bad option.`;

export class UsageError extends Error {}

/** Reads the command line; undefined asks for the usage text. Throws UsageError. */
export function readOptions(argv: readonly string[]): StartOptions | undefined {
  const values = parsed(argv);
  if (values.help === true) return undefined;
  const once = values.once === true;
  if (!once && values.orders !== undefined) throw new UsageError('--orders needs --once');
  if (!once && values.json === true) throw new UsageError('--json needs --once');
  if (!once && values.chaos === true) throw new UsageError('--chaos needs --once');
  return {
    once,
    json: values.json === true,
    orders: whole('orders', values.orders ?? '100', { least: 0, most: 1_000_000 }),
    accounts: whole('accounts', values.accounts ?? '2', { least: 1, most: 1_000 }),
    seed: whole('seed', values.seed ?? '1', { least: 0, most: 2 ** 32 - 1 }),
    port: whole('port', values.port ?? (once ? '0' : '3000'), { least: 0, most: 65_535 }),
    data: values.data,
    chaos: values.chaos === true,
  };
}

function parsed(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        once: { type: 'boolean' },
        json: { type: 'boolean' },
        chaos: { type: 'boolean' },
        orders: { type: 'string' },
        accounts: { type: 'string' },
        seed: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(name: string, text: string, range: { least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= range.least && value <= range.most) return value;
  throw new UsageError(`--${name} takes a whole number from ${range.least} to ${range.most}`);
}
