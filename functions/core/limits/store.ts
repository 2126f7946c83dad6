/** Counts the calls that all workers together make with one WebAPI key, minute by minute. */
export interface CallCounter {
  /**
   * Takes this many calls out of a minute (minutes since 1970) for the caller alone. False if that would
   * bring it above `most`, or if a later minute has begun.
   */
  take(keyId: string, block: { minute: number; calls: number; most: number }): Promise<boolean>;
}
