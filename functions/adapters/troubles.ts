import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type EpochMillis, latestTrueTime } from '../core/base/time.ts';
import type { SharedTrouble } from '../core/faults/shared-trouble.ts';
import type { Shared, SharedNotice, Trouble, TroubleNotices, TroubleStore } from '../core/faults/store.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import { itemsOfKind, type RegistryTable } from './registry.ts';

interface TroubleItem extends Shared {
  readonly trouble?: SharedTrouble;
  readonly endedAtMillis?: EpochMillis;
  /** Accounts whose good passwords were refused lately, with the revision of that list. */
  readonly refusalsRevision?: number;
  readonly refusals?: readonly { readonly accountId: string; readonly atMillis: EpochMillis }[];
  /** Trouble that people were told of and whose end they have not been told. */
  readonly untoldEnd?: SharedTrouble;
}

/** Number of tries to note a refusal, because fifty accounts may be refused at once. */
const NOTING_ROUNDS = 50;

interface Change {
  readonly expression: string;
  readonly when?: string;
  readonly values?: Record<string, unknown>;
}

/**
 * Key of the item. Items of keys exist before any trouble; items of addresses and marketplaces begin with
 * their first.
 */
const troubleKey = ({ kind, name }: Shared) => ({ kind, name });

/** Condition that keeps a removed key from coming back without its secret. */
const ifStillThere = ({ kind }: Pick<Shared, 'kind'>): Pick<Change, 'when'> =>
  kind === 'integration-key' ? { when: 'attribute_exists(kind)' } : {};

async function update({ dynamo, table }: RegistryTable, shared: Shared, change: Change): Promise<boolean> {
  const command = new UpdateCommand({
    TableName: table,
    Key: troubleKey(shared),
    UpdateExpression: change.expression,
    ...(change.when !== undefined && { ConditionExpression: change.when }),
    ...(change.values !== undefined && { ExpressionAttributeValues: change.values }),
  });
  return (await ifCondition(dynamo.send(command))) !== undefined;
}

/** Trouble, stored on the item of its key, address or marketplace. */
export function troubleStore(registry: RegistryTable): TroubleStore {
  return {
    async read(shared) {
      const { trouble, endedAtMillis } = (await readItem<TroubleItem>(registry, troubleKey(shared))) ?? {};
      return {
        ...(trouble !== undefined && { trouble }),
        ...(endedAtMillis !== undefined && { endedAtMillis }),
      };
    },

    async record(shared, trouble) {
      await update(registry, shared, {
        expression: 'SET trouble = if_not_exists(trouble, :trouble)',
        ...ifStillThere(shared),
        values: { ':trouble': trouble },
      });
    },

    takeProbe: (shared, { expectedMillis, nextMillis }) =>
      update(registry, shared, {
        expression: 'SET trouble.probeAtMillis = :next',
        when: 'trouble.probeAtMillis = :expected',
        values: { ':next': nextMillis, ':expected': expectedMillis },
      }),

    async noteRefusal(shared, { accountId, atMillis, withinMillis }) {
      for (let round = 0; ; round += 1) {
        const { refusals = [], refusalsRevision = 0 } =
          (await readItem<TroubleItem>(registry, troubleKey(shared))) ?? {};
        const recent = refusals.filter(
          (one) => one.accountId !== accountId && Math.abs(atMillis - one.atMillis) <= withinMillis,
        );
        const noted = await update(registry, shared, {
          expression: 'SET refusals = :new, refusalsRevision = :next',
          when: 'attribute_not_exists(refusalsRevision) OR refusalsRevision = :seen',
          values: {
            ':new': [...recent, { accountId, atMillis }],
            ':next': refusalsRevision + 1,
            ':seen': refusalsRevision,
          },
        });
        if (noted) return recent.length + 1;
        if (round === NOTING_ROUNDS) throw new Error('too many writers on the refusals of a marketplace');
      }
    },

    async end(shared, { atMillis, nowMillis }) {
      const isEarlier = '(trouble.sinceMillis <= :ended OR trouble.sinceMillis > :latest)';
      const values = { ':ended': atMillis, ':latest': latestTrueTime(nowMillis) };
      const wasNotified = await update(registry, shared, {
        expression: 'SET endedAtMillis = :ended, untoldEnd = trouble REMOVE trouble',
        when: `attribute_exists(trouble.notifiedAtMillis) AND ${isEarlier}`,
        values,
      });
      if (wasNotified) return;
      await update(registry, shared, {
        expression: 'SET endedAtMillis = :ended REMOVE trouble',
        when: isEarlier,
        values,
      });
    },
  };
}

/** Trouble of keys and addresses of which people have to be told. */
export function troubleNotices(registry: RegistryTable): TroubleNotices {
  return {
    async list(untoldSinceMillis) {
      const kinds = ['integration-key', 'egress'] as const;
      const items = (await Promise.all(kinds.map((kind) => itemsOfKind<TroubleItem>(registry, kind)))).flat();
      return items.flatMap((item) => noticesOf(item, untoldSinceMillis));
    },

    async notified({ kind, name, trouble, over }, notifiedAtMillis) {
      const since = { ':since': trouble.sinceMillis };
      if (over) {
        await update(
          registry,
          { kind, name },
          { expression: 'REMOVE untoldEnd', when: 'untoldEnd.sinceMillis = :since', values: since },
        );
        return;
      }
      const noted = await update(
        registry,
        { kind, name },
        {
          expression: 'SET trouble.notifiedAtMillis = :notified',
          when: 'trouble.sinceMillis = :since',
          values: { ...since, ':notified': notifiedAtMillis },
        },
      );
      // The trouble ended while people were being told of it, so they have to be told of its end.
      const ended = {
        expression: 'SET untoldEnd = :trouble',
        ...ifStillThere({ kind }),
        values: { ':trouble': trouble },
      };
      if (!noted) await update(registry, { kind, name }, ended);
    },
  };
}

function noticesOf(
  { kind, name, trouble, untoldEnd }: TroubleItem,
  untoldSinceMillis: EpochMillis,
): SharedNotice[] {
  const untold = trouble !== undefined && (trouble.notifiedAtMillis ?? 0) <= untoldSinceMillis;
  const begun: Trouble[] = untold ? [{ kind, name, trouble }] : [];
  return [
    ...begun.map((one) => ({ ...one, over: false })),
    ...(untoldEnd === undefined ? [] : [{ kind, name, trouble: untoldEnd, over: true }]),
  ];
}
