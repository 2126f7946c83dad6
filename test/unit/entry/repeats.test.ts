import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../functions/core/base/problem.ts';
import { Secret } from '../../../functions/core/base/secret.ts';
import { type EpochMillis, MINUTE, plus, SECOND } from '../../../functions/core/base/time.ts';
import type { Reply } from '../../../functions/entry/http-reply.ts';
import { onceOnly } from '../../../functions/entry/repeats.ts';
import { NOW } from '../../support/accounts.ts';
import { memoryRequests } from '../../support/memory-requests.ts';
import { type Life, mortal } from '../../support/mortal.ts';
import { runs } from '../../support/runs.ts';
import {
  accountMaker,
  importMaker,
  keyMaker,
  type Maker,
  SECRETS,
  type Time,
  webhookMaker,
} from './repeats-kit.ts';

const MAKERS = { key: keyMaker, webhook: webhookMaker, import: importMaker, account: accountMaker } as const;

const KEY = '4f1c7a52-9d0e-4a7b-8c33-5e6f70819203';
const clientOf = (clientId: string) => ({ clientId, name: '', role: '', createdAtMillis: NOW });
const immortal = (): Life => ({ writesLeft: Infinity, diesAfterwards: false, isOver: false });

interface Asked {
  readonly client?: string;
  readonly key?: string;
  readonly request?: unknown;
}

/** An installation: its records of requests, and a route. */
function setUp(makerOf: (time: Time) => Maker) {
  const time: Time = { now: NOW };
  const requests = memoryRequests();
  const maker = makerOf(time);
  let writers = 0;
  /** The reply, the problem, or undefined where the process was killed first. */
  const ask = async (asked: Asked = {}, life = immortal()): Promise<Reply | Problem | undefined> => {
    const once = onceOnly({
      requests: mortal(requests, life, ['write']),
      clock: () => time.now,
      newId: () => `writer${++writers}`,
      log: { warn: () => undefined },
    });
    const { answer, made } = maker.open(life);
    const { client = 'erp', key = KEY, request = { body: { secret: SECRETS[1] } } } = asked;
    const named = {
      key: new Secret(key),
      operation: maker.operation,
      client: clientOf(client),
      request,
      made,
    };
    try {
      const reply = await once(named, answer);
      return life.isOver ? undefined : reply;
    } catch (error) {
      if (life.isOver) return undefined;
      if (error instanceof Problem) return error;
      throw error;
    }
  };
  /** Asks as a patient client does: again whenever it is told to come later. */
  const askUntilDone = async (): Promise<Reply> => {
    for (let round = 0; round < 20; round += 1) {
      const answer = await ask();
      if (answer !== undefined && !(answer instanceof Problem)) return answer;
      const { retryAfterSeconds: wait } = answer?.extra ?? {};
      if (typeof wait !== 'number') throw answer ?? new Error('nobody killed this process');
      time.now = plus(time.now, wait * SECOND + 1);
      await maker.tidy();
    }
    return expect.unreachable('the client was told to come later for ever');
  };
  return { time, maker, requests, ask, askUntilDone };
}

const idIn = (reply: Reply, maker: Maker): unknown => (reply.body as Record<string, unknown>)[maker.idName];

const deaths = fc.record({
  writesLeft: fc.nat({ max: 9 }),
  diesAfterwards: fc.boolean(),
  waitMillis: fc.oneof(fc.nat({ max: 90_000 }), fc.nat({ max: 5 * MINUTE })),
});

describe.each(Object.entries(MAKERS))('a repeated request for a new %s', (_, makerOf) => {
  it('makes it once, whatever kills its tries at whichever write', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deaths, { maxLength: 8 }), async (tries) => {
        const { time, maker, ask, askUntilDone } = setUp(makerOf);
        const told = new Set<unknown>();
        for (const { waitMillis, ...death } of tries) {
          const answer = await ask({}, { ...death, isOver: false });
          if (answer !== undefined && !(answer instanceof Problem)) told.add(idIn(answer, maker));
          time.now = plus(time.now, waitMillis);
          await maker.tidy();
        }
        told.add(idIn(await askUntilDone(), maker));
        time.now = plus(time.now, 10 * MINUTE);
        await maker.tidy();
        expect(maker.whole()).toEqual([...told]);
        expect(maker.half()).toEqual([]);
      }),
      { numRuns: runs(150, 3_000) },
    );
  });

  it('makes it once however two equal requests interleave', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const { maker, requests, ask, askUntilDone } = setUp(makerOf);
        const { read, write } = requests;
        requests.read = scheduler.scheduleFunction(read);
        requests.write = scheduler.scheduleFunction(write);
        const answers = Promise.all([ask(), ask(), ask()]);
        await scheduler.waitFor(answers);
        Object.assign(requests, { read, write });
        const replies = (await answers).filter((one) => one !== undefined && !(one instanceof Problem));
        const problems = (await answers).filter((one) => one instanceof Problem);
        expect(problems.map(({ code }) => code).filter((code) => code !== 'request-under-way')).toEqual([]);
        expect(replies.length).toBeGreaterThan(0);
        expect(maker.whole()).toEqual([idIn(await askUntilDone(), maker)]);
      }),
      { numRuns: runs(60, 1_000) },
    );
  });

  it('is answered with ids afterwards, keeps no secret, and makes another after a day', async () => {
    const { time, maker, requests, ask } = setUp(makerOf);
    const first = (await ask()) as Reply;
    const again = (await ask()) as Reply;
    expect(again).toMatchObject({
      status: first.status,
      headers: { 'idempotency-replayed': 'true' },
      body: { repeated: true, [maker.idName]: idIn(first, maker) },
    });
    const { secret } = first.body as { secret?: string };
    const kept = JSON.stringify([...requests.records]) + maker.stored() + JSON.stringify(again);
    for (const text of [KEY, secret, ...SECRETS]) if (text !== undefined) expect(kept).not.toContain(text);
    time.now = plus(time.now, 25 * 60 * MINUTE);
    const next = await ask();
    if (next instanceof Problem) expect(next.code).toMatch(/already-exists/);
    else expect(idIn(next as Reply, maker)).not.toBe(idIn(first, maker));
  });
});

describe('a key', () => {
  it('of one client is none of another', async () => {
    const { maker, ask } = setUp(keyMaker);
    const replies = [
      await ask({ client: 'erp' }),
      await ask({ client: 'shop' }),
      await ask({ client: 'erp' }),
    ];
    const ids = replies.map((reply) => idIn(reply as Reply, maker));
    expect(ids[2]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(2);
    expect(maker.whole().toSorted()).toEqual([...new Set(ids)].toSorted());
  });

  it('belongs to one request', async () => {
    const { maker, ask } = setUp(keyMaker);
    await ask({ request: { label: 'one' } });
    expect(await ask({ request: { label: 'two' } })).toMatchObject({ code: 'key-reused' });
    expect(maker.whole()).toHaveLength(1);
  });

  it('of a request that was refused may be sent again at once', async () => {
    const { requests, time } = setUp(keyMaker);
    const once = onceOnly({
      requests,
      clock: (): EpochMillis => time.now,
      newId: () => 'w',
      log: { warn: () => undefined },
    });
    const named = {
      key: new Secret(KEY),
      operation: 'sync.start',
      client: clientOf('erp'),
      request: {},
      made: undefined,
    } as const;
    const refusal = new Problem({ code: 'wrong-state', text: { pl: '', en: '' } });
    await expect(once(named, async () => Promise.reject(refusal))).rejects.toBe(refusal);
    await expect(once(named, async () => Promise.reject(new Error('store')))).rejects.toThrow('store');
    await expect(once(named, async () => ({ status: 202, body: {} }))).rejects.toMatchObject({
      code: 'request-under-way',
    });
    time.now = plus(time.now, 36 * SECOND);
    expect(await once(named, async () => ({ status: 202, body: {} }))).toEqual({ status: 202, body: {} });
  });
});
