import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreBusy } from '../../functions/core/base/store-busy.ts';
import { FIGURES, METRICS } from '../../functions/entry/metrics.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';

type Line = Readonly<Record<string, unknown>>;

let klamka: Klamka;
let accountId: string;

beforeAll(async () => {
  klamka = await startKlamka({ seed: 7 });
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const added = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(added.body.accountId);
  await klamka.settle();
  await klamka.sim('POST', '/buyers', { orders: 5, pace: 'at-once' });
  await klamka.settle();
  await klamka.sim('POST', `/sellers/${encodeURIComponent(seller.login)}/refuse`, {
    code: 'ERR_CAPTCHA_REQUIRED',
  });
  await klamka.sim('POST', `/sellers/${encodeURIComponent(seller.login)}/kill-sessions`);
  await klamka.api('POST', `/accounts/${accountId}/sync`);
  await klamka.settle();
});
afterAll(() => klamka?.close());

/** The lines that a function has printed, as JSON. */
const linesOf = (name: string): Line[] =>
  klamka.said.flatMap((said) => {
    const [, text] = new RegExp(`^klamka-dev-${name} (\\{.*\\})$`).exec(said) ?? [];
    return text === undefined ? [] : [JSON.parse(text) as Line];
  });
const events = (name: string, message: string) => linesOf(name).filter((line) => line.message === message);

describe('a correlation id', () => {
  it('goes from a call through the queue to the login, in every line of the log', () => {
    const [called] = events('accounts', 'called').filter(({ operation }) => operation === 'accounts.add');
    expect(called?.correlationId).toBe(called?.requestId);
    expect(called?.correlationId).toMatch(/./);
    const ofCall = linesOf('work').filter(({ correlationId }) => correlationId === called?.correlationId);
    expect(ofCall.map(({ message }) => message)).toEqual(expect.arrayContaining(['login-ended', 'worked']));
  });

  it('goes from a tick of the schedule through both queues to what is told of an order', () => {
    const ticks = new Set(events('plan', 'planned').map(({ correlationId }) => correlationId));
    const [read] = events('work', 'events-read').filter(({ correlationId }) => ticks.has(correlationId));
    expect(read).toMatchObject({ accountId, orders: expect.any(Number) });
    const told = events('send', 'told-bus').filter(
      ({ correlationId }) => correlationId === read?.correlationId,
    );
    expect(told).toEqual([expect.objectContaining({ accountId, lagMillis: expect.any(Number) })]);
  });

  it('is in every line that functions log', () => {
    const lines = ['accounts', 'keys', 'plan', 'work', 'send', 'notify'].flatMap(linesOf);
    const logged = lines.filter(({ message }) => message !== undefined);
    expect(logged.length).toBeGreaterThan(10);
    expect(logged.filter(({ correlationId }) => typeof correlationId !== 'string')).toEqual([]);
  });
});

describe('metrics', () => {
  const printed = () =>
    ['accounts', 'plan', 'work', 'send'].flatMap(linesOf).filter(({ _aws }) => _aws !== undefined);
  const sum = (name: string) =>
    printed().reduce(
      (total, line) => total + [line[name] ?? 0].flat().reduce((a: number, b) => a + Number(b), 0),
      0,
    );

  it('count logins, locks, runs and orders as the log tells them', () => {
    expect(sum('LoginsAccepted')).toBe(1);
    expect(sum('LoginsFailed')).toBe(1);
    expect(sum('LoginsRefused')).toBe(0);
    expect(sum('AccountsLocked')).toBe(1);
    expect(sum('Runs')).toBe(events('work', 'worked').length);
    const stored = events('work', 'events-read').reduce((total, { orders }) => total + Number(orders), 0);
    expect(stored).toBeGreaterThanOrEqual(5);
    expect(sum('OrdersStored')).toBe(stored);
    expect(printed().some((line) => line.FeedLag !== undefined)).toBe(true);
    expect(printed().some((line) => line.DeliveryLag !== undefined)).toBe(true);
  });

  it('have the deployment as their only dimension, and name no account', () => {
    for (const line of printed()) {
      expect(line).toMatchObject({
        service: 'klamka-dev',
        _aws: { CloudWatchMetrics: [{ Namespace: 'Klamka', Dimensions: [['service']] }] },
      });
      expect(JSON.stringify(line)).not.toContain(accountId);
      expect(
        Object.keys(line).filter(
          (key) => !['_aws', 'service'].includes(key) && !METRICS.some((name) => name === key),
        ),
      ).toEqual([]);
    }
  });

  it('come of a store that takes no more, and of limits of calls', () => {
    const figures = (event: string, fields: object) => FIGURES[event]?.({ ...fields });
    expect(figures('run-stopped', { reason: 'calls-budget' })).toEqual([['Throttles', 1]]);
    expect(figures('run-stopped', { reason: 'password-wanted' })).toEqual([]);
    expect(figures('run-failed', { error: new StoreBusy('throttled') })).toEqual([['Throttles', 1]]);
    expect(figures('run-failed', { error: new Error('a bug') })).toEqual([['OwnTroubles', 1]]);
  });
});
