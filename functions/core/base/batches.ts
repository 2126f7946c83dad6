/** A batch of forms; the feed takes them one by one, so more would only queue there. */
const AT_ONCE = 25;

/**
 * Does this for all of them, several at a time, so that the store is not waited for one by one. Waits for
 * those under way before it throws the first error, so that nothing is left behind that still writes.
 */
export async function together<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of rest) {
      if (errors.length > 0) return;
      await work(item).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (errors.length > 0) throw errors[0];
}

/** Splits a list into parts of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
