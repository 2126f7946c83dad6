import { describe, expect, it } from 'vitest';
import {
  endedTry,
  nextStep,
  type RequestRecord,
  refusedTry,
} from '../../../../functions/core/admin/repeats.ts';
import { Problem } from '../../../../functions/core/base/problem.ts';
import { DAY, type EpochMillis, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { NOW } from '../../../support/accounts.ts';

const asked = (now: EpochMillis = NOW, request = 'print of the request') => ({ request, writer: 'w', now });

function tried(found: RequestRecord | undefined, now: EpochMillis = NOW): RequestRecord {
  const step = nextStep(found, asked(now));
  if (step.kind !== 'try') return expect.unreachable(`the request is ${step.kind}`);
  return step.record;
}

const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  return expect.unreachable('no problem');
};

const OUTCOME = { status: 201, ids: { accountId: 'a1' } };

describe('a request under a key', () => {
  it('is tried, and answered from its record afterwards, for a day', () => {
    const record = tried(undefined);
    expect(record).toMatchObject({ revision: 1, triesMillis: [NOW], keptUntilMillis: plus(NOW, DAY) });
    const over = endedTry(record, OUTCOME);
    expect(nextStep(over, asked(plus(NOW, DAY - 1)))).toEqual({ kind: 'answered', outcome: OUTCOME });
    expect(tried(over, plus(NOW, DAY))).toMatchObject({ revision: 3, triesMillis: [plus(NOW, DAY)] });
  });

  it('waits while it is under way, at most for the time of one try', () => {
    const record = tried(undefined);
    const problem = problemOf(() => nextStep(record, asked(plus(NOW, 5 * SECOND))));
    expect(problem).toMatchObject({ code: 'request-under-way', extra: { retryAfterSeconds: 30 } });
    const later = plus(NOW, 35 * SECOND);
    expect(tried(record, later)).toMatchObject({
      triesMillis: [NOW, later],
      keptUntilMillis: plus(NOW, DAY),
    });
  });

  it('does not wait for a try whose clock was far ahead', () => {
    const ahead = tried(undefined, plus(NOW, DAY / 2));
    expect(tried(ahead).triesMillis).toEqual([plus(NOW, DAY / 2), plus(NOW, DAY / 2 + 1)]);
  });

  it('is not another request, whether that one is under way or over', () => {
    const record = tried(undefined);
    for (const found of [record, endedTry(record, OUTCOME), refusedTry(record)])
      expect(problemOf(() => nextStep(found, asked(NOW, 'another'))).code).toBe('key-reused');
  });

  it('may be tried again at once if it was refused, and the refused try is forgotten', () => {
    expect(tried(refusedTry(tried(undefined))).triesMillis).toEqual([NOW]);
  });

  it('is given up after twenty tries that were cut off', () => {
    let record: RequestRecord | undefined;
    let now: EpochMillis = NOW;
    for (let count = 0; count < 20; count += 1) {
      record = tried(record, now);
      now = plus(now, 36 * SECOND);
    }
    expect(problemOf(() => nextStep(record, asked(now))).code).toBe('unavailable');
  });
});
