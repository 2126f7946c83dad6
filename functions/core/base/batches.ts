/** Number of items worked on at a time. More would wait for the connections of the store's client. */
const AT_ONCE = 25;

/**
 * Calls `work` for all items, several at a time, so that the store is not waited for item by item; returns the
 * results in the order of the items. When a call fails, waits for those under way before throwing the first
 * error, so that no forgotten call still writes afterwards.
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

/** Waits for all, so that a failure of one does not cut the others short; then throws the first failure. */
export async function allEnded<All extends readonly Promise<unknown>[]>(
  work: readonly [...All],
): Promise<{ -readonly [Place in keyof All]: Awaited<All[Place]> }> {
  await Promise.allSettled(work);
  return await Promise.all<readonly [...All]>(work);
}

/** Splits a list into parts of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
