import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Asked, fakeServer, klamka } from '../../support/cli.ts';

const change = (number: number) => ({
  ...{ accountId: '5f6c5f6c5f6c', number, orderId: `order:${number}`, changes: ['paid'] },
  ...{ changedAt: '2026-11-29T07:00:00.123Z', order: null },
});

/** Follows a feed until it has shown so many changes, or has asked so often. */
async function follow(
  answer: (asked: Asked, count: number) => { status?: number; body: object },
  until: { asked: number },
) {
  const stop = new AbortController();
  let count = 0;
  const { url, asked } = await fakeServer((one) => {
    count += 1;
    if (count >= until.asked) setTimeout(() => stop.abort(), 20);
    return answer(one, count);
  });
  const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const token = `h.${Buffer.from(JSON.stringify({ exp: Date.now() })).toString('base64url')}.s`;
  await writeFile(join(folder, 'access.json'), JSON.stringify({ url: `${url}/v1`, token, registry: {} }));
  const begun = performance.now();
  const ran = await klamka(['changes', '--follow', '--json', '--data', folder], { signal: stop.signal });
  return { ...ran, asked, millis: performance.now() - begun };
}

describe('a follower of the feed', () => {
  it('begins at the end, fixes its place without waiting, and then waits for changes', async () => {
    const { exit, out, asked } = await follow(
      (_, count) => ({
        body: { changes: count === 2 ? [change(7), change(8)] : [], position: `p${count}`, more: false },
      }),
      { asked: 3 },
    );
    expect(exit).toBe(130);
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/changes?after=end&limit=100&wait=0',
      '/v1/changes?after=p1&limit=100&wait=20',
      '/v1/changes?after=p2&limit=100&wait=20',
    ]);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { number: number });
    expect(lines.map(({ number }) => number)).toEqual([7, 8]);
  });

  it('goes on from the same place after trouble that passes, and tells it once', async () => {
    const statuses = [200, 503, 429, 200];
    const { exit, err, asked } = await follow(
      (_, count) => ({
        status: statuses[count - 1] ?? 200,
        body: { changes: [], position: 'p1', more: false },
      }),
      { asked: 4 },
    );
    expect(exit).toBe(130);
    expect(asked.map(({ path }) => /after=(\w+)/.exec(path)?.[1])).toEqual(['end', 'p1', 'p1', 'p1']);
    expect(err.match(/cannot be reached/g)).toHaveLength(1);
  });

  it('ends with the remedy after trouble that needs somebody', async () => {
    const { exit, err } = await follow(
      (_, count) =>
        count === 1
          ? { body: { changes: [], position: 'p1', more: false } }
          : {
              status: 409,
              body: { title: 'Feed restored', message: { pl: 'x', en: 'Read it from the start.' } },
            },
      { asked: 99 },
    );
    expect(exit).toBe(5);
    expect(JSON.parse(err)).toMatchObject({
      exit: 5,
      status: 409,
      message: { en: 'Read it from the start.' },
    });
  });

  it('does not ask without a pause where the installation does not wait', async () => {
    const { asked, millis } = await follow(() => ({ body: { changes: [], position: 'p', more: false } }), {
      asked: 4,
    });
    expect(asked).toHaveLength(4);
    expect(millis).toBeGreaterThan(1_900);
  });
});
