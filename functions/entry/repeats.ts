import { createHash, createHmac } from 'node:crypto';
import { REPEATED_IDS } from '../contract/headers.ts';
import type { OperationId } from '../contract/routes.ts';
import type { Client } from '../core/account/client.ts';
import {
  endedTry,
  nextStep,
  type Outcome,
  type RequestRecord,
  type RequestStore,
  refusedTry,
} from '../core/admin/repeats.ts';
import type { Log } from '../core/base/log.ts';
import { operation as named } from '../core/base/operation.ts';
import { Problem } from '../core/base/problem.ts';
import type { Secret } from '../core/base/secret.ts';
import { StoreBusy } from '../core/base/store-busy.ts';
import type { Clock, EpochMillis } from '../core/base/time.ts';
import { clock, newShortId } from './basics.ts';
import { inHttp, type Reply } from './http-reply.ts';

/** A try of a request. */
export interface Attempt {
  /**
   * Id for what the request makes. Under a key it derives from client, key and try, so that the next try can look for
   * it.
   */
  readonly newId: string;
  readonly atMillis: EpochMillis;
  /** Start of the tries before, which were cut off. */
  readonly earlierMillis: readonly EpochMillis[];
}

export interface Repeatable {
  /** The client's key for the request, by which what is kept of it is sealed. */
  readonly key: Secret;
  readonly operation: OperationId;
  readonly client: Client;
  /** The checked request, which a repetition has to equal. */
  readonly request: unknown;
  /** The outcome of a try that made something with this id, and was cut off before it was recorded. */
  readonly made: ((id: string) => Promise<Outcome | undefined>) | undefined;
}

/** Carries out a request unless it was carried out before under its key. Throws Problem. */
export type OnceOnly = (
  request: Repeatable,
  carryOut: (attempt: Attempt) => Promise<Reply>,
) => Promise<Reply>;

/** A request without a key is a new one each time. */
export const freshAttempt = (): Attempt => ({ newId: newShortId(), atMillis: clock(), earlierMillis: [] });

/** Number of lost races for a record that other requests under the same key do not cause by chance. */
const CONFLICTS = 5;

export interface RepeatDeps {
  readonly requests: RequestStore;
  readonly clock: Clock;
  /** Names a writer. */
  readonly newId: () => string;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * The record of a request is written before it is carried out, and again with its outcome. After a crash in between the
 * next try looks first whether the one before has made anything.
 */
export function onceOnly(deps: RepeatDeps): OnceOnly {
  const keep = async (name: string, record: RequestRecord): Promise<void> => {
    // A record that stays open only costs the next try a look at what this one has made.
    await deps.requests.write(name, record).catch((error: unknown) => {
      deps.log.warn('request-not-recorded', { error });
    });
  };

  return async ({ key, operation, client, request, made }, carryOut) => {
    const name = createHash('sha256')
      .update(JSON.stringify([client.clientId, key.reveal()]))
      .digest('base64url');
    // Keyed by the client's own key, which is not stored: the hash of a password tells nothing to readers of the store.
    const sealed = (...parts: unknown[]) =>
      createHmac('sha256', key.reveal())
        .update(JSON.stringify([client.clientId, operation, ...parts]))
        .digest('hex');
    const begun = await beginTry(deps, name, sealed('request', request));
    if ('ids' in begun) return replayedReply(begun);
    const idOf = (tryMillis: EpochMillis) => sealed('id', tryMillis).slice(0, ID_LENGTH);
    const earlierMillis = begun.triesMillis.slice(0, -1);
    const atMillis = begun.triesMillis.at(-1) ?? deps.clock();
    try {
      for (const tryMillis of earlierMillis) {
        const outcome = await made?.(idOf(tryMillis));
        if (outcome === undefined) continue;
        await keep(name, endedTry(begun, outcome));
        return replayedReply(outcome);
      }
      const reply = await carryOut({ newId: idOf(atMillis), atMillis, earlierMillis });
      await keep(name, endedTry(begun, outcomeOfReply(reply)));
      return reply;
    } catch (error) {
      // After any other error something may still be under way, so that the next try has to wait.
      if (error instanceof Problem) await keep(name, refusedTry(begun));
      throw error;
    }
  };
}

const ID_LENGTH = 20;

/** Writes the record of a new try, or returns the outcome of an earlier one. Throws Problem. */
async function beginTry(
  { requests, clock: time, newId }: RepeatDeps,
  name: string,
  request: string,
): Promise<RequestRecord | Outcome> {
  for (let round = 0; round < CONFLICTS; round += 1) {
    const step = nextStep(await requests.read(name), { request, writer: newId(), now: time() });
    if (step.kind === 'answered') return step.outcome;
    if (await requests.write(name, step.record)) return step.record;
  }
  throw new StoreBusy('too many requests under one key');
}

/** The parts of an answer that are kept. */
function outcomeOfReply({ status, body, headers }: Reply): Outcome {
  const fields: ReadonlyMap<string, unknown> = new Map(Object.entries(Object(body)));
  const ids = [...REPEATED_IDS, 'cursor'].flatMap((name) => {
    const value = fields.get(name);
    return typeof value === 'string' || value === null ? [[name, value]] : [];
  });
  return { status, ids: Object.fromEntries(ids), location: headers?.location };
}

const replayedReply = ({ status, ids, location }: Outcome): Reply => ({
  status,
  headers: { 'idempotency-replayed': 'true', ...(location !== undefined && { location }) },
  body: { repeated: true, ...ids, message: inHttp(messageFor(ids)) },
});

function messageFor({ webhookId }: Outcome['ids']) {
  const secret =
    typeof webhookId === 'string'
      ? {
          pl: ` Tajny klucz webhooka pokazała tylko pierwsza odpowiedź; jeśli jej nie masz, wygeneruj nowy (${named('webhooks.rotateSecret', { webhookId })}).`,
          en: ` Only the first answer showed the webhook's secret; if you do not have it, create a new one (${named('webhooks.rotateSecret', { webhookId })}).`,
        }
      : { pl: '', en: '' };
  return {
    pl: `To żądanie wykonano już wcześniej i nie wykonano go ponownie. Odpowiedź powtarza tylko identyfikatory; obecny stan odczytasz według nich.${secret.pl}`,
    en: `This request was carried out before, and was not carried out again. This answer repeats ids only; read the present state by them.${secret.en}`,
  };
}
