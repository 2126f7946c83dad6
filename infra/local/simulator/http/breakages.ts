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
  /** The fault code of a `fault` or a `fault-after`. */
  readonly code: string;
  /** The SOAP version in which that fault is written. */
  readonly soap?: '1.1' | '1.2' | undefined;
  /**
   * The text of a `fault` or a `fault-after`, in the place of the text that belongs to its code; the
   * characters that a `broken-character` inserts.
   */
  readonly text?: string | undefined;
  /**
   * Milliseconds that a `delay` waits, after which a `judge-late` processes the call, or between two bytes of
   * a `trickle`.
   */
  readonly millis: number;
}

/**
 * The calls that a script has told the simulator to break. The oldest entry that fits a call is used up
 * first.
 */
export class Breakages {
  #waiting: { breakage: Breakage; left: number }[] = [];
  readonly #held = new Set<() => void>();

  add(breakage: Breakage, times: number): void {
    this.#waiting.push({ breakage, left: times });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** Processes a call whose client has gone away, after `millis` or when `judge` is called. */
  hold(process: () => void, millis: number): void {
    const judge = (): void => {
      if (this.#held.delete(judge)) process();
    };
    this.#held.add(judge);
    setTimeout(judge, millis).unref();
  }

  /** Processes all held calls at once and returns their number. */
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
