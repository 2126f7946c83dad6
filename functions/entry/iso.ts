import { type EpochMillis, toIso } from '../core/base/time.ts';

/** A moment as API readers see it; null where there is none, so that the field is always there. */
export const iso = (millis: EpochMillis | undefined): string | null =>
  millis === undefined ? null : toIso(millis);
