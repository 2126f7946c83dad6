import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LogReader } from '../../../infra/cli/follow/log-files.ts';
import { LogFiles } from '../../../infra/local/stack/log-files.ts';
import { klamka } from '../../support/cli.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'klamka-logs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

const all = () => true;
const line = (timestamp: string, message: string) => JSON.stringify({ level: 'INFO', message, timestamp });

describe('log files', () => {
  it('keep the newest lines only, and are read to the last line while they are renamed', async () => {
    const files = new LogFiles(folder, { fileBytes: 1_000 });
    const reader = new LogReader(folder, all);
    const read: string[] = [];
    for (let number = 0; number < 500; number += 1) {
      files.write({ source: 'work', text: `line ${String(number).padStart(4, '0')}` });
      // A reader that looks as often as a file is renamed misses nothing.
      if (number % 50 === 49) {
        await expect
          .poll(async () => (await readAll()).at(-1))
          .toBe(`line ${String(number).padStart(4, '0')}`);
        read.push(...(await reader.next()).map(({ text }) => text));
      }
    }
    await files.close();
    read.push(...(await reader.next()).map(({ text }) => text));
    expect(read).toEqual(
      Array.from({ length: 500 }, (_, number) => `line ${String(number).padStart(4, '0')}`),
    );
    const names = (await readdir(folder)).toSorted();
    expect(names).toEqual(['work.log', 'work.log.1']);
    for (const name of names) {
      const { size, mode } = await stat(join(folder, name));
      expect(size).toBeLessThanOrEqual(1_010);
      expect(mode & 0o777).toBe(0o600);
    }
  });

  const readAll = async (): Promise<string[]> =>
    (await readFile(join(folder, 'work.log'), 'utf8')).split('\n').filter(Boolean);

  it('go on in the file of before, and rename it when it is full', async () => {
    for (const text of ['a'.repeat(600), 'b'.repeat(600), 'c']) {
      const files = new LogFiles(folder, { fileBytes: 1_000 });
      files.write({ source: 'work', text });
      await files.close();
    }
    expect(await readFile(join(folder, 'work.log.1'), 'utf8')).toMatch(/^a{600}\nb{600}\n$/);
    expect(await readFile(join(folder, 'work.log'), 'utf8')).toBe('c\n');
  });
});

describe('a reader of logs', () => {
  it('orders the lines of several files by their times, and waits for the end of a line', async () => {
    await writeFile(join(folder, 'b.log'), `${line('2026-11-29T07:00:02Z', 'two')}\n  at a stack\n`);
    await writeFile(
      join(folder, 'a.log'),
      `${line('2026-11-29T07:00:01Z', 'one')}\n${line('2026-11-29T07:00:03Z', 'three')}\nhal`,
    );
    await writeFile(join(folder, 'other.txt'), 'not a log\n');
    const reader = new LogReader(folder, all);
    const texts = async () => (await reader.next()).map(({ source, text }) => `${source} ${text.slice(-17)}`);
    expect((await texts()).map((text) => text[0])).toEqual(['a', 'b', 'b', 'a']);
    await writeFile(join(folder, 'a.log'), 'f\n', { flag: 'a' });
    expect(await texts()).toEqual(['a half']);
    expect(await texts()).toEqual([]);
  });

  it('is shown as text for people and as lines of JSON for programs', async () => {
    await writeFile(
      join(folder, 'klamka-dev-work.log'),
      `${line('2026-11-29T07:00:02Z', 'run\u001b[2J')}\nplain\u001b[2J\n`,
    );
    await writeFile(join(folder, 'klamka-dev-send.log'), 'sent\n');
    const access = {
      url: 'http://127.0.0.1:1/v1',
      token: '',
      registry: {},
      simulatorUrl: '',
      logDir: folder,
    };
    await writeFile(join(folder, 'access.json'), JSON.stringify(access));
    const text = await klamka(['logs', '--function', 'work', '--data', folder]);
    expect(text).toMatchObject({ exit: 0, err: '' });
    expect(text.out).toMatch(
      /^2026-11-29 \S+ \S+ {2}klamka-dev-work {2}INFO {2}run \[2J\nklamka-dev-work {2}plain \[2J\n$/,
    );
    const json = await klamka(['logs', '--lines', '1', '--function', 'work', '--json', '--data', folder]);
    expect(JSON.parse(json.out)).toEqual({ source: 'klamka-dev-work', message: 'plain\u001b[2J' });
    expect((await klamka(['logs', '--lines', '0', '--data', folder])).out).toBe('');
    const unknown = await klamka(['logs', '--function', 'wrok', '--data', folder]);
    expect(unknown).toMatchObject({ exit: 4, out: '' });
    expect(unknown.err).toMatch(/"wrok" .*: send, work\. /);
    const metrics = { _aws: { Timestamp: Date.parse('2026-11-29T07:00:04Z') }, service: 's', Runs: 2 };
    await writeFile(join(folder, 'klamka-dev-send.log'), `${JSON.stringify(metrics)}\n`, { flag: 'a' });
    const figures = await klamka(['logs', '--lines', '1', '--function', 'send', '--data', folder]);
    expect(figures.out).toMatch(/^2026-11-29 \S+ \S+ {2}klamka-dev-send {2}METRICS {2}Runs=2\n$/);
  });
});
