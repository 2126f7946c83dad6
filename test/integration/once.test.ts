import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { amount } from '../support/runs.ts';

const ORDERS = amount(15, 40);
const ACCOUNTS = amount(2, 3);
const ROOT = join(import.meta.dirname, '..', '..');
const folder = await mkdtemp(join(tmpdir(), 'klamka-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, 'infra', 'local', 'start.ts'), ...args.split(' ')], {
      cwd: folder,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += String(chunk)));
    child.stderr.on('data', (chunk) => (stderr += String(chunk)));
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, stdout, stderr }));
  });
}

const summaryOf = ({ stdout }: Ended) =>
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;

describe('npm start -- --once --json', () => {
  it('stores all orders with one login per account, and logs in no more over a restart', async () => {
    const data = join(folder, 'data');
    const first = await start(
      `--once --json --orders ${ORDERS} --accounts ${ACCOUNTS} --seed 7 --data ${data}`,
    );
    expect(first.code).toBe(0);
    const clean = { accounts: ACCOUNTS, missing: 0, doubled: 0, different: 0, rulesBroken: 0 };
    expect(summaryOf(first)).toMatchObject({
      ...clean,
      logins: ACCOUNTS,
      ordersMade: ORDERS,
      ordersStored: ORDERS,
    });
    expect(summaryOf(first)).toMatchObject({
      seconds: expect.any(Number),
      marketplaceCalls: { doGetSiteJournalDeals: expect.any(Number) },
    });
    const second = await start(
      `--once --json --orders ${ORDERS} --accounts ${ACCOUNTS} --seed 7 --data ${data}`,
    );
    expect(second.code).toBe(0);
    expect(summaryOf(second)).toMatchObject({
      ...clean,
      logins: 0,
      ordersMade: ORDERS,
      ordersStored: ORDERS,
    });
  });

  it('has all orders right, and no account locked, when workers die and everything else breaks', async () => {
    const ended = await start(`--once --json --orders ${ORDERS} --accounts 2 --seed 7 --chaos`);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('compared with the lists') });
    const clean = { accounts: 2, missing: 0, doubled: 0, different: 0, locked: 0, rulesBroken: 0 };
    const summary = summaryOf(ended);
    expect(summary).toMatchObject({ ...clean, chaos: { killed: expect.any(Number) } });
    // A purchase that leaves its sale becomes a further order.
    expect(summary.ordersMade).toBeGreaterThanOrEqual(ORDERS);
    expect(summary.ordersStored).toBe(summary.ordersMade);
  });

  it('explains itself, and refuses what it does not understand with exit code 2', async () => {
    expect(await start('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('--orders') });
    expect(await start('--frob')).toMatchObject({ code: 2, stderr: expect.stringContaining('--frob') });
  });
});
