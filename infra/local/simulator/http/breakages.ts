export const BREAKAGES = [
  'fault',
  'http-503',
  'captcha-page',
  'drop-before',
  'lt-flood',
  'deep-nesting',
  'entities',
  'gzip-bomb',
  'drop-after',
  'fault-after',
  'judge-late',
  'delay',
  'trickle',
  'truncate',
  'wrong-charset',
  'empty-200',
  'broken-character',
] as const;

export interface Breakage {
  /** An operation, or `*` for any. */
  readonly operation: string;
  /** Only calls in this seller's sessions, and logins as this seller. */
  readonly sellerId?: number | undefined;
  readonly kind: (typeof BREAKAGES)[number];
  /** Of a `fault` or a `fault-after`. */
  readonly code: string;
  /** The form of that fault. */
  readonly soap?: '1.1' | '1.2' | undefined;
  /** Of a `fault` or a `fault-after`, instead of the text that belongs to its code; of a `broken-character`, what stands there. */
  readonly text?: string | undefined;
  /** Of a `delay` or a `judge-late`, or between the bytes of a `trickle`. */
  readonly millis: number;
}

/** The script's list of calls that are going to break; the oldest that fits is used up first. */
export class Breakages {
  #waiting: { breakage: Breakage; left: number }[] = [];
  readonly #held = new Set<() => void>();

  add(breakage: Breakage, times: number): void {
    this.#waiting.push({ breakage, left: times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Processes a call whose client is gone, after so long or when `judge` is called. */
  hold(process: () => void, millis: number): void {
    const judge = (): void => {
      if (this.#held.delete(judge)) process();
    };
    this.#held.add(judge);
    setTimeout(judge, millis).unref();
  }

  /** Processes all calls that are held, and says how many there were. */
  judge(): number {
    const held = [...this.#held];
    for (const judge of held) judge();
    return held.length;
  }

  take(operation: string, sellerOfCall: () => number | undefined): Breakage | undefined {
    const found = this.#waiting.find(
      ({ breakage: { operation: name, sellerId } }) =>
        ['*', operation].includes(name) && (sellerId === undefined || sellerId === sellerOfCall()),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    this.#waiting = this.#waiting.filter(({ left }) => left > 0);
    return found.breakage;
  }
}
