import { Problem } from '../base/problem.ts';
import { DAY, type EpochMillis, epochMillis, hasToWait, plus, SECOND } from '../base/time.ts';

/** Time that one try of a request has; no request lives longer than thirty seconds. */
const TRY_TIME = 35 * SECOND;
/** Time for which a request is recognised, from its first try on. */
const KEPT = DAY;
/** Most tries that were cut off. Each of them has to be looked at by the next one. */
const MOST_TRIES = 20;

/** The result of a request that may be repeated: nothing in it is secret. */
export interface Outcome {
  readonly status: number;
  /** Ids of what the request has made or changed, and the cursor by which to continue. */
  readonly ids: Readonly<Record<string, string | null>>;
  readonly location?: string | undefined;
}

/** The record of a request that a client may repeat under its key. */
export interface RequestRecord {
  /** Grows with every write. */
  readonly revision: number;
  /** The writer, by which a write is recognised whose reply was lost. */
  readonly writer: string;
  /** Keyed hash of the request, by which another request under the same key is recognised. */
  readonly request: string;
  /** Start of the present try, and of earlier ones that were cut off, oldest first. Ids derive from these. */
  readonly triesMillis: readonly EpochMillis[];
  /** End of the present try's time; absent while none is under way. */
  readonly leaseUntilMillis?: EpochMillis | undefined;
  readonly outcome?: Outcome | undefined;
  readonly keptUntilMillis: EpochMillis;
}

/** The store of requests. A write compares the revision, so that of two equal requests one is carried out. */
export interface RequestStore {
  /** The record, read consistently. */
  read(name: string): Promise<RequestRecord | undefined>;
  /** Writes the record if the stored one still has the revision before; the first revision is 1. */
  write(name: string, record: RequestRecord): Promise<boolean>;
}

export type Step =
  | { readonly kind: 'answered'; readonly outcome: Outcome }
  /** To be carried out, after the record is written. */
  | { readonly kind: 'try'; readonly record: RequestRecord };

/**
 * The next step for a request: its outcome, or a try. Throws Problem for another request under the same key, and while
 * an earlier try may still be under way.
 */
export function nextStep(
  found: RequestRecord | undefined,
  { request, writer, now }: { request: string; writer: string; now: EpochMillis },
): Step {
  const known = found !== undefined && now < found.keptUntilMillis ? found : undefined;
  if (known !== undefined && known.request !== request) throw keyReused();
  if (known?.outcome !== undefined) return { kind: 'answered', outcome: known.outcome };
  const { leaseUntilMillis, triesMillis = [] } = known ?? {};
  if (leaseUntilMillis !== undefined && hasToWait(leaseUntilMillis, { now, atMost: TRY_TIME }))
    throw underWay(leaseUntilMillis - now);
  if (triesMillis.length >= MOST_TRIES) throw cutOffTooOften();
  const record: RequestRecord = {
    revision: (found?.revision ?? 0) + 1,
    writer,
    request,
    // Later than any try before, because two tries with equal times would make things with equal ids.
    triesMillis: [...triesMillis, epochMillis(Math.max(now, (triesMillis.at(-1) ?? 0) + 1))],
    leaseUntilMillis: plus(now, TRY_TIME),
    keptUntilMillis: known?.keptUntilMillis ?? plus(now, KEPT),
  };
  return { kind: 'try', record };
}

/** The record of a try that was carried out. */
export const endedTry = (record: RequestRecord, outcome: Outcome): RequestRecord => ({
  ...record,
  revision: record.revision + 1,
  leaseUntilMillis: undefined,
  outcome,
});

/** The record of a try that was refused and has made nothing: the same request may be tried again at once. */
export const refusedTry = (record: RequestRecord): RequestRecord => ({
  ...record,
  revision: record.revision + 1,
  leaseUntilMillis: undefined,
  triesMillis: record.triesMillis.slice(0, -1),
});

const keyReused = (): Problem =>
  new Problem({
    code: 'key-reused',
    text: {
      pl: 'Pod tym kluczem (Idempotency-Key) wysłano już inne żądanie. Powtórz tamto bez zmian albo nadaj temu nowy klucz.',
      en: 'Another request was sent under this key (Idempotency-Key). Repeat that one unchanged, or give this one a new key.',
    },
  });

function underWay(millis: number): Problem {
  const seconds = Math.max(1, Math.ceil(millis / SECOND));
  return new Problem({
    code: 'request-under-way',
    text: {
      pl: `To żądanie jest właśnie wykonywane albo zostało przerwane. Powtórz je bez zmian za ${seconds} s (Retry-After).`,
      en: `This request is being carried out, or was interrupted. Repeat it unchanged in ${seconds} s (Retry-After).`,
    },
    extra: { retryAfterSeconds: seconds },
  });
}

const cutOffTooOften = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: `To żądanie przerwano już ${MOST_TRIES} razy. Sprawdź, czy mimo to zostało wykonane; jeśli nie, wyślij je z nowym kluczem (Idempotency-Key).`,
      en: `This request was interrupted ${MOST_TRIES} times. Look whether it was carried out nevertheless; if not, send it with a new key (Idempotency-Key).`,
    },
  });
