/** Counts the calls of all workers with an integration key, minute by minute. */
export interface CallCounter {
  /**
   * Takes this many calls of a minute (minutes since 1970) for the caller alone. False if that would exceed
   * `most`. Other minutes are not touched, so that a caller with a wrong clock holds up nobody.
   */
  take(keyId: string, block: { minute: number; calls: number; most: number }): Promise<boolean>;
}
