import { isDeepStrictEqual } from 'node:util';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Secret } from '../core/base/secret.ts';
import type { DeliveryCursor, WebhookStore } from '../core/delivery/store.ts';
import type { Webhook, WebhookSecrets } from '../core/delivery/webhook.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import { CURRENT, orUndefined, readVersion, type SecretVault, storedVersion } from './secrets.ts';
import {
  allItemsOf,
  dueIn,
  pageOfItems,
  removeItems,
  replayKey,
  type SendingTable,
  WEBHOOKS,
} from './sending-items.ts';

/** The webhooks, and the items of theirs that people look at. */
export function webhookStore(sendingTable: SendingTable): WebhookStore {
  const { dynamo, table } = sendingTable;
  const keyOf = (webhookId: string) => ({ owner: WEBHOOKS, entryKey: webhookId });

  const read = async (webhookId: string): Promise<Webhook | undefined> => {
    const item = await readItem<Webhook & { owner: string; entryKey: string }>(
      sendingTable,
      keyOf(webhookId),
    );
    if (item === undefined) return undefined;
    const { owner: _, entryKey: __, ...webhook } = item;
    return webhook;
  };

  return {
    read,
    list: () => allItemsOf<Webhook>(sendingTable, { owner: WEBHOOKS, prefix: '' }),

    async create(webhook) {
      const Item = { ...keyOf(webhook.webhookId), ...webhook };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    async replace({ revision, ...webhook }) {
      const next = { ...webhook, revision: revision + 1 };
      const command = new PutCommand({
        TableName: table,
        Item: { ...keyOf(webhook.webhookId), ...next },
        ConditionExpression: 'revision = :revision',
        ExpressionAttributeValues: { ':revision': revision },
      });
      if ((await ifCondition(dynamo.send(command))) !== undefined) return true;
      // The write was ours if the SDK repeated it because its reply was lost.
      return isDeepStrictEqual(await read(webhook.webhookId), next);
    },

    async remove(webhookId) {
      await removeItems(sendingTable, { owner: webhookId, prefix: '' });
      await dynamo.send(new DeleteCommand({ TableName: table, Key: keyOf(webhookId) }));
    },

    async deliveryCursors(webhookId, page) {
      const { items, next } = await pageOfItems<DeliveryCursor>(sendingTable, {
        owner: webhookId,
        prefix: 'deliveryCursor#',
        ...page,
      });
      return { deliveryCursors: items, next };
    },

    async askReplay({ webhookId, accountId }, atMillis) {
      const key = { owner: webhookId, entryKey: replayKey(accountId) };
      const Item = { ...key, ...dueIn(accountId, atMillis) };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },
  };
}

const LABEL = 'KLAMKA_';
/** A label for each version, because the store moves its own two labels with each new version. */
const labelOf = (version: string): string => `${LABEL}${version}`;

/** Signing secrets. A version never changes, so each is read once per process. */
export function webhookSecrets(vault: SecretVault): WebhookSecrets {
  const nameOf = (webhookId: string) => `${vault.prefix}/webhooks/${webhookId}/signing-secret`;
  const known = new Map<string, Secret>();
  return {
    async create(webhookId, { version, value }) {
      const command = new CreateSecretCommand({
        Name: nameOf(webhookId),
        Description: 'Signing secret of a Klamka webhook',
        KmsKeyId: vault.key,
        SecretString: value.reveal(),
        ClientRequestToken: version,
      });
      return storedVersion(await vault.client.send(command));
    },

    async hold(webhookId, versions) {
      const SecretId = nameOf(webhookId);
      const move = (change: {
        VersionStage: string;
        MoveToVersionId?: string;
        RemoveFromVersionId?: string;
      }) => vault.client.send(new UpdateSecretVersionStageCommand({ SecretId, ...change }));
      const { VersionIdsToStages = {} } = await vault.client.send(new DescribeSecretCommand({ SecretId }));
      // All labels of ours that there are, because a version may have been stored under another id than its label's.
      const labelled = Object.entries(VersionIdsToStages).flatMap(([version, labels]) =>
        labels.filter((label) => label.startsWith(LABEL)).map((label) => ({ version, label })),
      );
      const isRight = ({ version, label }: { version: string; label: string }) =>
        versions.includes(version) && label === labelOf(version);
      const held = labelled.filter(isRight).map(({ version }) => version);
      for (const version of versions.filter((one) => !held.includes(one)))
        await move({ VersionStage: labelOf(version), MoveToVersionId: version });
      for (const { version, label } of labelled.filter((one) => !isRight(one)))
        await move({ VersionStage: label, RemoveFromVersionId: version });
    },

    async add(webhookId, { version, value }) {
      const command = new PutSecretValueCommand({
        SecretId: nameOf(webhookId),
        SecretString: value.reveal(),
        ClientRequestToken: version,
        VersionStages: [CURRENT, labelOf(version)],
      });
      return storedVersion(await vault.client.send(command));
    },

    async read(webhookId, version) {
      const key = `${webhookId} ${version}`;
      const secret =
        known.get(key) ??
        (await readVersion(vault, { SecretId: nameOf(webhookId), VersionId: version }))?.value;
      if (secret !== undefined) known.set(key, secret);
      return secret;
    },

    async remove(webhookId) {
      const command = new DeleteSecretCommand({
        SecretId: nameOf(webhookId),
        ForceDeleteWithoutRecovery: true,
      });
      await orUndefined(vault.client.send(command));
    },
  };
}
