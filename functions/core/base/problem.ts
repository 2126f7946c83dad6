import { operation } from './operation.ts';
import type { BilingualText } from './text.ts';
import { SECOND } from './time.ts';

/**
 * Reasons why a request of a person or an ERP cannot be carried out. Their HTTP statuses are decided
 * elsewhere.
 */
export type ProblemCode =
  | 'bad-input'
  | 'not-found'
  | 'already-exists'
  | 'being-added'
  | 'being-removed'
  | 'password-refused'
  | 'request-under-way'
  | 'key-reused'
  | 'changed-meanwhile'
  | 'wrong-state'
  | 'feed-restored'
  | 'too-often'
  | 'unavailable';

export interface FieldProblem {
  /** Path of the field as the caller wrote it, e.g. `applicationPassword`. */
  readonly field: string;
  readonly message: BilingualText;
}

/** An answer on which the caller has to act, in both languages, naming the wrong fields if there are any. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly text: BilingualText;
  readonly fields: readonly FieldProblem[];
  /** Further facts for the caller, e.g. the account in its present state. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(problem: {
    code: ProblemCode;
    text: BilingualText;
    fields?: readonly FieldProblem[];
    extra?: Readonly<Record<string, unknown>>;
  }) {
    super(problem.text.en);
    this.code = problem.code;
    this.text = problem.text;
    this.fields = problem.fields ?? [];
    this.extra = problem.extra ?? {};
  }
}

export const badField = (field: string, message: BilingualText): Problem =>
  new Problem({ code: 'bad-input', text: message, fields: [{ field, message }] });

export const unknownAccount = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Nie ma takiego konta. Sprawdź identyfikator na liście kont (${operation('accounts.list')}).`,
      en: `There is no such account. Look its id up in the list of accounts (${operation('accounts.list')}).`,
    },
  });

export const accountBeingRemoved = (accountId: string): Problem =>
  new Problem({
    code: 'being-removed',
    text: {
      pl: `To konto jest właśnie usuwane. Gdy ${operation('accounts.show', { accountId })} odpowie 404, zwykle po minucie, można je dodać od nowa.`,
      en: `This account is being removed. Once ${operation('accounts.show', { accountId })} answers 404, usually after a minute, it can be added anew.`,
    },
    extra: { accountId },
  });

/** The addition may still be under way for `millis` milliseconds. */
export function beingAdded(millis: number): Problem {
  const seconds = Math.max(1, Math.ceil(millis / SECOND));
  return new Problem({
    code: 'being-added',
    text: {
      pl: `Ten login jest właśnie dodawany albo dodawanie zostało przerwane. Powtórz żądanie za ${seconds} s.`,
      en: `This login is being added at this moment, or its addition was interrupted. Repeat the request in ${seconds} s.`,
    },
    extra: { retryAfterSeconds: seconds },
  });
}

export const unknownOrder = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Nie ma takiego zamówienia na tym koncie. Sprawdź identyfikator na liście (${operation('orders.list')}).`,
      en: `There is no such order in this account. Look its id up in the list (${operation('orders.list')}).`,
    },
  });

/** The marketplace was asked and does not know the order. */
export const unnamedOrder = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: 'Serwis nie zna takiego zamówienia na tym koncie. Niczego nie zapisaliśmy; sprawdź numer na stronie serwisu.',
      en: 'The marketplace knows no such order of this account. Nothing was recorded; look the number up on its website.',
    },
  });

export const unknownOffer = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: 'Nie znamy takiej oferty na tym koncie. Nowe oferty pojawiają się w ciągu kilkunastu minut, najpóźniej po dobie.',
      en: 'We know no such offer in this account. New ones appear within some minutes, after a day at the latest.',
    },
  });

export const unknownPath = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: 'Nie ma nic o takim identyfikatorze. Sprawdź go na odpowiedniej liście.',
      en: 'Nothing has such an id. Look it up in its list.',
    },
  });
