import { type EpochMillis, toIso } from '../core/base/time.ts';

/** A moment for readers of the API; null for none, so that the field is always present. */
export const iso = (millis: EpochMillis | undefined): string | null =>
  millis === undefined ? null : toIso(millis);
