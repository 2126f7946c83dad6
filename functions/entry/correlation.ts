import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string>();

/**
 * Does work under a correlation id. Its log lines, the messages that it sends and its calls to a marketplace carry the
 * id, so that what came of a request or of a schedule is found by one word.
 */
export const correlated = <Result>(id: string, work: () => Result): Result => current.run(id, work);

/** The id of the work under way; undefined outside of any. */
export const correlationId = (): string | undefined => current.getStore();
