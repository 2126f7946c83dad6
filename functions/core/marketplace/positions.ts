import type { Journal } from './journal.ts';

/** The position before the first event of any journal. */
export const BEGINNING = '0';

/** Whether one position stands before another. */
export const isBehindIn =
  ({ sortKey }: Pick<Journal, 'sortKey'>) =>
  (position: string, other: string): boolean => {
    if (position === BEGINNING || other === BEGINNING) return other !== BEGINNING;
    return sortKey(position) < sortKey(other);
  };
