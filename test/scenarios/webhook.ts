import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { eventContract } from '../support/event-schema.ts';
import { ageEntry } from '../support/tables.ts';
import { type Change, isSigned, type Receiver } from './receiver.ts';
import type { Scene } from './scene.ts';

/** A webhook at the receiver, with its first signing secret, and an account that was added afterwards. */
export interface WebhookUse {
  readonly scene: Scene;
  readonly receiver: Receiver;
  readonly accountId: string;
  readonly login: string;
  readonly webhookId: string;
  readonly secret: string;
}

/** The whole feed, as an ERP reads it. */
async function feed({ scene, accountId }: WebhookUse): Promise<Change[]> {
  const all: Change[] = [];
  for (let after = ''; ; ) {
    const { body } = await scene.api('GET', `/accounts/${accountId}/changes?limit=100${after}`);
    const page = body as unknown as { changes: Change[]; position: string };
    if (page.changes.length === 0) return all;
    all.push(...page.changes);
    after = `&after=${page.position}`;
  }
}

/** Changes stored times, which would take hours of waiting. */
const set = (scene: Scene, table: string, key: object, facts: Record<string, unknown>) =>
  scene.tables.send(
    new UpdateCommand({
      TableName: scene.table(table),
      Key: key,
      UpdateExpression: `SET ${Object.keys(facts).map((name) => `${name} = :${name}`)}`,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(facts).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  );
const deliveryCursorIs = ({ scene, webhookId, accountId }: WebhookUse, facts: Record<string, unknown>) =>
  set(scene, 'SendingTable', { owner: webhookId, entryKey: `deliveryCursor#${accountId}` }, facts);

const progress = async ({ scene, webhookId }: WebhookUse) => {
  const { body } = await scene.api('GET', `/webhooks/${webhookId}`);
  return (body as unknown as { progress: Record<string, unknown>[] }).progress[0];
};

/** Deliveries in order and signed, dead letters and their replay, and a change of the signing secret. */
export function webhookScenario(parts: () => WebhookUse): void {
  it('gets every change in order and signed, also when it has failed for a while', async () => {
    const { scene, receiver, accountId, secret, login } = parts();
    receiver.status = 503;
    await scene.sim('POST', '/buyers', { orders: 12, seller: login });
    await scene.settle();
    const failing = await progress(parts());
    expect(failing).toMatchObject({ accountId, number: 0, failures: 1, lastError: { status: 503 } });
    expect(failing?.lag).toBe((await feed(parts())).length);
    expect(receiver.refused).toHaveLength(1);

    receiver.status = 204;
    await deliveryCursorIs(parts(), { dueAtMillis: 1 });
    await scene.sim('POST', '/buyers/finish');
    await scene.settle();
    await scene.settle();
    const changes = await feed(parts());
    expect(changes.length).toBeGreaterThan(12);
    expect(receiver.taken.map(({ body }) => body.data.number)).toEqual(changes.map(({ number }) => number));
    expect(receiver.taken.filter((post) => !isSigned(post, secret))).toEqual([]);
    expect(new Set(receiver.taken.map(({ headers }) => headers['webhook-id'])).size).toBe(changes.length);
    expect(receiver.taken.at(-1)?.body).toMatchObject({
      type: `order.${changes.at(-1)?.changes[0]}`,
      data: { accountId, order: changes.at(-1)?.order },
    });
    expect(await progress(parts())).toMatchObject({
      number: changes.length,
      lag: 0,
      failures: 0,
      nextTryAt: null,
    });
  });

  it('keeps deliveries that were given up, and sends them again on request', async () => {
    const { scene, receiver, accountId, webhookId } = parts();
    const [first] = await feed(parts());
    receiver.status = 500;
    await scene.api('POST', `/accounts/${accountId}/orders/resend`, { ids: [first?.orderId] });
    await scene.settle();
    const number = (await feed(parts())).length;
    await ageEntry(scene, { accountId, number });
    // The bus was told of that entry. With another time it would be another entry, of a restored feed.
    await set(scene, 'SendingTable', { owner: accountId, entryKey: 'sender' }, { busPlace: { atMillis: 1 } });
    await deliveryCursorIs(parts(), { dueAtMillis: 1, failingSinceMillis: 1 });
    await scene.settle();
    const letters = async () => (await scene.api('GET', `/webhooks/${webhookId}/dead-letters`)).body;
    expect(await letters()).toMatchObject({
      deadLetters: [{ accountId, number, orderId: first?.orderId, error: { status: 500 } }],
    });
    expect(await progress(parts())).toMatchObject({ number, lag: 0, nextTryAt: null });

    receiver.status = 200;
    const replay = `/webhooks/${webhookId}/dead-letters/replay`;
    expect(await scene.api('POST', replay)).toMatchObject({ status: 202, body: { accounts: 1 } });
    await scene.settle();
    expect(receiver.taken.at(-1)?.body).toMatchObject({ type: 'order.changed', data: { number } });
    expect(await letters()).toEqual({ deadLetters: [], cursor: null });
  });

  it('can be tried, with the old secret and the new one', async () => {
    const { scene, receiver, webhookId, secret } = parts();
    const rotated = await scene.api('POST', `/webhooks/${webhookId}/secret`);
    const tried = await scene.api('POST', `/webhooks/${webhookId}/test`);
    expect(tried.body).toEqual({ delivered: true, error: null });
    const last = receiver.taken.at(-1);
    expect(last?.body.type).toBe('webhook.test');
    expect([secret, String(rotated.body.secret)].map((key) => last && isSigned(last, key))).toEqual([
      true,
      true,
    ]);
    scene.secrets.add(secret.slice('whsec_'.length));
    scene.secrets.add(String(rotated.body.secret).slice('whsec_'.length));
  });
}

/** The events of the changes that `webhookScenario` has made. */
export function busScenario(parts: () => WebhookUse): void {
  it('is told each thing that the feed tells, as the contract says', async () => {
    const { scene, accountId } = parts();
    const contract = await eventContract();
    const events = (await scene.orderEvents()).filter(({ detail }) => detail.accountId === accountId);
    expect(events.flatMap(contract.faultsOf)).toEqual([]);
    const typeOf = (change: string) => `order.${change === 'sent-again' ? 'changed' : change}`;
    const wanted = (await feed(parts())).flatMap(({ number, changes }) =>
      changes.map((change) => `${accountId}-${number}-${typeOf(change)}`),
    );
    // Takes the entry's time out of the event id, where it stands between number and type.
    const ids = events.map(({ detail }) => String(detail.eventId).replace(/-[0-9a-z]+(-order\.)/, '$1'));
    // The bus promises no order.
    expect(ids.toSorted()).toEqual(wanted.toSorted());
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(3);
  });
}
