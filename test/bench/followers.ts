import { setTimeout } from 'node:timers/promises';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import type { Figure } from './report.ts';

const FOLLOWERS = 10;
const ORDERS = 1_000;

interface Page {
  readonly changes: readonly unknown[];
  readonly position: string;
  readonly hasMore?: boolean;
}

async function follow(klamka: Klamka, from: string, all: number): Promise<number> {
  let [position, seen] = [from, 0];
  while (seen < all) {
    const { status, body } = await klamka.api('GET', `/changes?after=${position}&limit=100&wait=5`);
    if (status !== 200) throw new Error(`the feed answered ${status}`);
    const page = body as unknown as Page;
    seen += page.changes.length;
    position = page.position;
  }
  return seen;
}

async function endOf(klamka: Klamka): Promise<string> {
  let position = '';
  for (;;) {
    const path = `/changes?limit=100${position === '' ? '' : `&after=${position}`}`;
    const page = (await klamka.api('GET', path)).body as unknown as Page;
    position = page.position;
    if (page.changes.length === 0) return position;
  }
}

/** Changes a second that ten followers of the feed receive together: of a feed that is full, over HTTP. */
export async function benchFollowers(): Promise<Figure[]> {
  const klamka = await startKlamka({ seed: 8 });
  try {
    const seller = await klamka.seller();
    const integrationKeyId = await klamka.registerKey();
    await klamka.api('POST', '/accounts', { marketplace: 'allegro', ...seller, integrationKeyId });
    for (let runs = 0; runs < 3; runs += 1) await klamka.settle();
    const from = await endOf(klamka);
    await klamka.sim('POST', '/buyers', { seller: seller.login, orders: ORDERS, pace: 'at-once' });
    await klamka.settle();
    let all = 0;
    for (let position = from; ; ) {
      const page = (await klamka.api('GET', `/changes?after=${position}&limit=100`)).body as unknown as Page;
      all += page.changes.length;
      position = page.position;
      if (page.changes.length === 0) break;
      await setTimeout(0);
    }
    const rates: number[] = [];
    for (const followers of [1, FOLLOWERS]) {
      const start = performance.now();
      const seen = await Promise.all(Array.from({ length: followers }, () => follow(klamka, from, all)));
      const seconds = (performance.now() - start) / 1_000;
      rates.push(seen.reduce((sum, one) => sum + one, 0) / seconds);
    }
    const [one = 0, ten = 0] = rates;
    console.log(`followers of a feed of ${all} changes, over HTTP`);
    console.table([
      { followers: 1, 'changes a second': one.toFixed(0) },
      { followers: FOLLOWERS, 'changes a second': ten.toFixed(0) },
    ]);
    return [
      { name: 'changes a second to 1 follower', value: one, better: 'more' },
      { name: `changes a second to ${FOLLOWERS} followers together`, value: ten, better: 'more' },
    ];
  } finally {
    await klamka.close();
  }
}
