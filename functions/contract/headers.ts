import * as z from 'zod/mini';
import { Bilingual, described, matching } from './kinds.ts';

/** The key under which a client may repeat a request: so long that nobody guesses it, as an UUID is. */
export const RepeatHeaders = z.object({
  'idempotency-key': z.optional(
    matching(/^[\x21-\x7e]{16,128}$/, {
      description:
        'A key of your own, new for each request, such as a UUID. A repetition with the same key and the same body within a day is not carried out again: its answer has the status of the first, and ids only (`Repeated`).',
      text: {
        pl: 'Idempotency-Key ma od 16 do 128 znaków ASCII bez odstępów, np. UUID.',
        en: 'An Idempotency-Key has 16 to 128 ASCII characters without blanks, e.g. a UUID.',
      },
    }),
  ),
});

/** The version of an account that the caller has read. */
export const ChangeHeaders = z.object({
  'if-match': z.optional(
    matching(/^(\*|(W\/)?"[\x21\x23-\x7e]*"(\s*,\s*(W\/)?"[\x21\x23-\x7e]*")*)$/, {
      description:
        'The `ETag` of the account as you have read it. If a person or a program has changed the account since then, the answer is 412 and nothing is changed. Runs and logins of Klamka do not count.',
      text: {
        pl: 'Podaj w If-Match bez zmian nagłówek ETag z ostatniej odpowiedzi o tym koncie (z cudzysłowami) albo pomiń ten nagłówek.',
        en: 'Give the header ETag of your last answer about this account unchanged in If-Match (with its quotation marks), or leave this header out.',
      },
    }),
  ),
});

/** Ids in answers, which a repetition gets again. Nothing else of an answer is kept, so no secret is. */
export const REPEATED_IDS = ['accountId', 'integrationKeyId', 'webhookId', 'importId', 'orderId'] as const;

const id = z.optional(z.string());

/** The answer to a repetition. */
export const Repeated = described(
  z.object({
    repeated: z.literal(true),
    accountId: id,
    integrationKeyId: id,
    webhookId: id,
    importId: id,
    orderId: id,
    cursor: z.optional(z.nullable(z.string())),
    message: Bilingual,
  }),
  {
    id: 'Repeated',
    description:
      'The answer to a request that was carried out before under the same `Idempotency-Key`: what it has made or changed. Secrets are shown only in the first answer.',
  },
);
