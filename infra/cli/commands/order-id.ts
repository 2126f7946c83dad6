import type { BilingualText } from '../../../functions/core/base/text.ts';
import { ApiProblem } from '../api/problem.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import type { Session } from '../session.ts';

/** An id of ours has its kind in front; marketplaces show their bare number. */
const HAS_KIND = /^[a-z]+:/;

/**
 * The ids that a person may mean. Sales and purchases are numbered apart, so a bare number can be either; the order is
 * tried first.
 */
const meantBy = (given: string): readonly string[] =>
  HAS_KIND.test(given) ? [given] : [`order:${given}`, `purchase:${given}`];

export interface NamedOrder {
  readonly accountId: string;
  readonly given: string;
}

/**
 * Calls with each id that may be meant, until one is found. Throws the problem of the first call, with the ids that were
 * tried, if none is.
 */
export async function withOrder<T>(given: string, call: (orderId: string) => Promise<T>): Promise<T> {
  return await firstFound(meantBy(given), call);
}

/** As `withOrder`, but an order that is stored goes first: the marketplace is asked about one that is not. */
export async function withStoredOrder<T>(
  session: Session,
  { accountId, given }: NamedOrder,
  call: (orderId: string) => Promise<T>,
): Promise<T> {
  const stored = await storedIds(session, { accountId, given });
  return await firstFound(stored.length > 0 ? stored : meantBy(given), call);
}

/**
 * The one id that is meant, for what cannot be taken back. Throws CliError if a bare number is that of an order and of a
 * purchase, or of none.
 */
export async function onlyOrder(session: Session, order: NamedOrder): Promise<string> {
  const [only, ...more] = await storedIds(session, order);
  if (only === undefined) throw new CliError(EXIT.notFound, NO_ORDER(meantBy(order.given)));
  if (more.length > 0) throw usageError(SEVERAL([only, ...more]));
  return only;
}

/** The ids that may be meant and are stored, without a look at an id with its kind. */
export async function storedIds(session: Session, { accountId, given }: NamedOrder): Promise<string[]> {
  const meant = meantBy(given);
  if (meant.length === 1) return [...meant];
  const found: string[] = [];
  for (const orderId of meant) {
    const order = session.call('orders.show', { params: { accountId, orderId } });
    if ((await unlessUnknown(order)) !== undefined) found.push(orderId);
  }
  return found;
}

async function firstFound<T>(ids: readonly string[], call: (orderId: string) => Promise<T>): Promise<T> {
  let first: ApiProblem | undefined;
  for (const orderId of ids)
    try {
      return await call(orderId);
    } catch (error) {
      if (!isUnknown(error)) throw error;
      first ??= error;
    }
  throw ids.length === 1 ? first : triedAll(first, ids);
}

const isUnknown = (error: unknown): error is ApiProblem =>
  error instanceof ApiProblem && error.status === 404;

const unlessUnknown = <T>(answer: Promise<T>): Promise<T | undefined> =>
  answer.catch((error: unknown) => {
    if (isUnknown(error)) return undefined;
    throw error;
  });

/** The problem with the ids that were tried, because the person has typed neither. */
function triedAll(problem: ApiProblem | undefined, ids: readonly string[]): Error {
  const { message } = problem?.body ?? {};
  if (problem === undefined || message === undefined) return new CliError(EXIT.notFound, NO_ORDER(ids));
  const tried = TRIED(ids);
  const told = { pl: `${message.pl} ${tried.pl}`, en: `${message.en} ${tried.en}` };
  const detail = problem.body.detail === message.pl ? told.pl : told.en;
  return new ApiProblem(problem.status, { ...problem.body, detail, message: told });
}

const TRIED = (ids: readonly string[]): BilingualText => ({
  pl: `Szukano kolejno: ${ids.join(', ')}.`,
  en: `Looked for, in this order: ${ids.join(', ')}.`,
});

const NO_ORDER = (ids: readonly string[]): BilingualText => ({
  pl: `Nie ma takiego zamówienia na tym koncie. ${TRIED(ids).pl} Zamówienia pokazuje: klamka orders list`,
  en: `There is no such order in this account. ${TRIED(ids).en} This shows the orders: klamka orders list`,
});

const SEVERAL = (ids: readonly string[]): BilingualText => ({
  pl: `Ten numer ma zamówienie i zakup: ${ids.join(', ')}. Podaj jeden z tych identyfikatorów.`,
  en: `An order and a purchase have this number: ${ids.join(', ')}. Give one of these ids.`,
});
