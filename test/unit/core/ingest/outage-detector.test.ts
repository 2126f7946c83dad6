import { describe, expect, it } from 'vitest';
import {
  type CallOutcome,
  type FaultReason,
  MarketplaceFault,
} from '../../../../functions/core/faults/fault.ts';
import {
  type Condition,
  openOutageDetector,
  readApart,
} from '../../../../functions/core/ingest/outage-detector.ts';

const fault = (reason: FaultReason, outcome: CallOutcome = 'answered') =>
  new MarketplaceFault({ reason, outcome, operation: 'sales' });

/** Asks for `items` in a batch; batches with a bad item fail. */
function setUp({
  probe,
  count,
  bad,
  reason,
  outcome,
}: {
  bad: readonly number[];
  reason?: FaultReason;
  outcome?: CallOutcome;
  probe?: () => Promise<Condition>;
  count?: number;
}) {
  const asked: (readonly number[])[] = [];
  const detector = openOutageDetector({ probe });
  const items = Array.from({ length: count ?? 25 }, (_, index) => index);
  const run = (outOfTime = () => false) =>
    readApart([items], {
      detector,
      outOfTime,
      read: async (batch) => {
        asked.push(batch);
        if (batch.some((item) => bad.includes(item))) throw fault(reason ?? 'business', outcome);
        detector.worked();
        return batch;
      },
    });
  return { run, asked, detector };
}

describe('readApart', () => {
  it('asks once where nothing fails', async () => {
    const { run, asked } = setUp({ bad: [] });
    expect(await run()).toMatchObject({ refused: [] });
    expect(asked).toHaveLength(1);
  });

  it('splits a batch until the bad items are alone, and reads all others', async () => {
    const { run } = setUp({ bad: [3, 20] });
    const { answers, refused } = await run();
    expect(refused.map(({ item }) => item).sort((a, b) => a - b)).toEqual([3, 20]);
    expect(answers.flat().sort((a, b) => a - b)).toEqual(
      Array.from({ length: 25 }, (_, index) => index).filter((item) => ![3, 20].includes(item)),
    );
  });

  it.each(['session-ended', 'marketplace-unavailable', 'key-rate-limited', 'unreachable'] as const)(
    'does not split for %s, which no single item can have caused',
    async (reason) => {
      const { run, asked } = setUp({ bad: [0], reason });
      await expect(run()).rejects.toMatchObject({ reason });
      expect(asked).toHaveLength(1);
    },
  );

  it('blames one item for the code of an outage only if the known good one can be read after it', async () => {
    const unavailable = { bad: [3], reason: 'marketplace-unavailable' } as const;
    const { answers, refused } = await setUp({ ...unavailable, probe: async () => 'up' }).run();
    expect(refused).toMatchObject([{ item: 3 }]);
    expect(answers.flat()).toHaveLength(24);
    const outage = setUp({ ...unavailable, probe: async () => 'down' });
    await expect(outage.run()).rejects.toMatchObject({ reason: 'marketplace-unavailable' });
    expect(outage.asked).toHaveLength(1);
  });

  it.each(['account-blocked', 'account-closed', 'account-migrating', 'country-not-allowed'] as const)(
    'blames one item for %s if the known good one can be read after it',
    async (reason) => {
      const { answers, refused } = await setUp({ bad: [3], reason, probe: async () => 'up' }).run();
      expect(refused).toMatchObject([{ item: 3 }]);
      expect(answers.flat()).toHaveLength(24);
      const lone = setUp({ bad: [0], count: 1, reason, probe: async () => 'down' });
      await expect(lone.run()).rejects.toMatchObject({ reason });
    },
  );

  it('finds the known good item to be the bad one by another that was read since', async () => {
    const probeNow = async (id: string | undefined) => (id !== undefined && id !== '1' ? 'up' : 'down');
    const detector = openOutageDetector({ probe: () => probeNow('1'), witness: '1', probeNow });
    const read = async (batch: readonly string[]) => {
      if (batch.includes('1')) throw fault('account-blocked');
      detector.worked(batch[0]);
      return batch;
    };
    const { answers, refused } = await readApart([['1', '2', '3', '4']], {
      detector,
      read,
      outOfTime: () => false,
    });
    expect(answers.flat().sort()).toEqual(['2', '3', '4']);
    expect(refused).toMatchObject([{ item: '1' }]);
  });

  it('gives up after a few failures without a success when no good item is known', async () => {
    const all = Array.from({ length: 25 }, (_, index) => index);
    const { run, asked } = setUp({ bad: all, reason: 'no-readable-reply' });
    await expect(run()).rejects.toMatchObject({ reason: 'no-readable-reply' });
    expect(asked).toHaveLength(5);
  });

  it('asks a known good item first, and takes its failure for an outage', async () => {
    const { run, asked } = setUp({ bad: [0], probe: async () => 'down' });
    await expect(run()).rejects.toMatchObject({ reason: 'business' });
    expect(asked).toHaveLength(1);
  });

  it('blames a lone item only if the known good one can be read', async () => {
    const only = { bad: [0], count: 1 };
    expect(await setUp({ ...only, probe: async () => 'up' }).run()).toMatchObject({
      refused: [{ item: 0 }],
    });
    const lone = setUp(only);
    expect(await lone.run()).toMatchObject({ refused: [{ item: 0 }] });
    expect(await lone.detector.condition()).toBe('unknown');
    const unread = setUp({ ...only, reason: 'no-readable-reply', outcome: 'unclear' });
    await expect(unread.run()).rejects.toMatchObject({ reason: 'no-readable-reply' });
  });

  it('leaves to the next run what is in doubt when time is up', async () => {
    const { run, asked } = setUp({ bad: [0] });
    const { answers, refused, left } = await run(() => true);
    expect([answers, refused]).toEqual([[], []]);
    expect(left).toContain(0);
    expect(asked).toHaveLength(1);
  });
});

describe('whether the marketplace is up', () => {
  it('is asked of the known good item once, and only where nothing was read', async () => {
    let asked = 0;
    const probe = async (): Promise<Condition> => {
      asked += 1;
      return 'down';
    };
    const detector = openOutageDetector({ probe });
    expect([await detector.condition(), await detector.condition(), asked]).toEqual(['down', 'down', 1]);
    detector.worked();
    expect(await detector.condition()).toBe('up');
    const busy = openOutageDetector({ probe });
    busy.worked('1');
    expect([await busy.condition(), asked]).toEqual(['up', 1]);
  });

  it('is unknown, and never taken for down, where no good item is known, or it is gone, or it has failed itself', async () => {
    expect(await openOutageDetector().condition()).toBe('unknown');
    expect(await openOutageDetector({ probe: async () => 'unknown' }).condition()).toBe('unknown');
    const detector = openOutageDetector({ probe: async () => 'down', witness: '1' });
    expect(await detector.condition()).toBe('down');
    expect(await detector.isOutage(1, ['1', '2'])).toBe(false);
    expect(await detector.condition()).toBe('unknown');
  });

  it('is not decided by a good item that is gone: one bad item is refused then, and several are an outage', async () => {
    const gone = async (): Promise<Condition> => 'unknown';
    expect(await setUp({ bad: [0], count: 1, probe: gone }).run()).toMatchObject({ refused: [{ item: 0 }] });
    const all = setUp({ bad: [0, 1, 2, 3, 4, 5], count: 6, probe: gone });
    await expect(all.run()).rejects.toMatchObject({ reason: 'business' });
  });
});
