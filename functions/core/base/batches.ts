/** A batch of forms; the feed takes them one by one, so more would only queue there. */
const AT_ONCE = 25;

/**
 * Does this for all of them, several at a time, so that the store is not waited for one by one, and answers with what
 * came of each, in their order. Waits for those under way before it throws the first error, so that nothing is left
 * behind that still writes.
 */
export async function together<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const rest = items.entries();
  const results = new Map<number, R>();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const [index, item] of rest) {
      if (errors.length > 0) return;
      await work(item).then(
        (result) => void results.set(index, result),
        (error: unknown) => void errors.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (errors.length > 0) throw errors[0];
  return [...results].sort(([one], [other]) => one - other).map(([, result]) => result);
}

/** Splits a list into parts of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
