/**
 * Binary search: the first index at which `is` holds, in a list sorted by it; the list's length if it holds
 * nowhere.
 */
export function firstIndex<T>(list: readonly T[], is: (item: T) => boolean): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (is(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}
