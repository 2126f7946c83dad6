import type { AnswerOf } from '../api/contract.ts';
import { ApiProblem } from '../api/problem.ts';
import { CliError, EXIT, Interrupted } from '../exit.ts';
import type { Session } from '../session.ts';

export type Change = AnswerOf<'changes.list'>['changes'][number];
type Page = AnswerOf<'changes.list'>;

/** Seconds that a call waits for changes, as many as the API allows. */
const WAIT_SECONDS = 20;
const FIRST_PAUSE_MILLIS = 1_000;
const LONGEST_PAUSE_MILLIS = 30_000;

export interface Following {
  /** Only the changes of this account. */
  readonly accountId?: string | undefined;
  /** Position to continue from, or `end`; undefined for the beginning of the feed. */
  readonly after: string | undefined;
  /** Whether to wait for changes at the end of the feed. */
  readonly follow: boolean;
  /** Most changes in a page. */
  readonly limit?: number;
}

/**
 * The pages of a feed, one after the other; without `follow` until its end. While following, answers that another try
 * can mend are waited out with growing pauses, and told once. Throws ApiProblem, CliError, Interrupted.
 */
export async function* pagesOf(
  session: Session,
  { accountId, follow, limit = 100, ...from }: Following,
): AsyncGenerator<Page> {
  let { after } = from;
  let pauseMillis = 0;
  for (;;) {
    // The first answer is not waited for: it fixes the end of the feed, from which changes are not missed any more.
    const isPlaced = after !== undefined && after !== 'end';
    const query = { after, limit, wait: follow && isPlaced ? WAIT_SECONDS : 0 };
    const askedAt = session.io.now();
    let page: Page;
    try {
      page =
        accountId === undefined
          ? await session.call('changes.list', { query })
          : await session.call('changes.listOfAccount', { params: { accountId }, query });
    } catch (error) {
      if (!follow || !isPassing(error)) throw error;
      if (pauseMillis === 0) session.note(WAITING);
      pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, Math.max(FIRST_PAUSE_MILLIS, pauseMillis * 2));
      await pause(session, pauseMillis);
      continue;
    }
    if (pauseMillis > 0) session.note(BACK);
    pauseMillis = 0;
    after = page.position;
    yield page;
    if (!follow && !page.more) return;
    // An installation may be set not to wait, and must not be asked without a pause then.
    const isQuick = session.io.now() - askedAt < FIRST_PAUSE_MILLIS;
    if (follow && page.changes.length === 0 && isPlaced && isQuick) await pause(session, FIRST_PAUSE_MILLIS);
  }
}

const isPassing = (error: unknown): boolean =>
  (error instanceof ApiProblem && (error.exit === EXIT.later || error.status >= 500)) ||
  (error instanceof CliError && error.exit === EXIT.later);

const WAITING = {
  pl: 'Nie ma połączenia z API; próbujemy dalej. Ctrl-C kończy.',
  en: 'The API cannot be reached; trying on. Ctrl-C ends.',
};
const BACK = { pl: 'Połączenie wróciło.', en: 'The API answers again.' };

/** Waits. Throws Interrupted. */
export async function pause({ io: { signal } }: Pick<Session, 'io'>, millis: number): Promise<void> {
  if (signal.aborted) throw new Interrupted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, millis);
  const stop = () => reject(new Interrupted());
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
