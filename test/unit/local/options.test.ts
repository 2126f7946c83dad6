import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from '../../../infra/local/options.ts';

describe('the command line of npm start', () => {
  it('has sensible defaults', () => {
    expect(readOptions([])).toMatchObject({ once: false, accounts: 2, seed: 1, port: 3000, data: undefined });
    expect(readOptions(['--once'])).toMatchObject({ once: true, orders: 100, port: 0 });
  });

  it('reads every option', () => {
    expect(
      readOptions('--once --json --orders 500 --accounts 3 --seed 7 --port 8080 --data d'.split(' ')),
    ).toEqual({
      once: true,
      json: true,
      orders: 500,
      accounts: 3,
      seed: 7,
      port: 8080,
      data: 'd',
      chaos: false,
    });
    expect(readOptions(['--once', '--chaos'])).toMatchObject({ once: true, chaos: true });
    expect(readOptions(['--help'])).toBeUndefined();
  });

  it.each([
    '--orders 5',
    '--json',
    '--chaos',
    '--once --orders x',
    '--once --orders -1',
    '--port 70000',
    '--accounts 0',
    '--frob',
    'extra',
  ])('refuses %s and says why', (line) => {
    expect(() => readOptions(line.split(' '))).toThrow(UsageError);
  });
});
