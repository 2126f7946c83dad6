/** The marketplace's own clock: real time plus an offset that only grows. */
export class Clock {
  #offsetSeconds: number;

  constructor(offsetSeconds = 0) {
    this.#offsetSeconds = offsetSeconds;
  }

  get offsetSeconds(): number {
    return this.#offsetSeconds;
  }

  /** Unix seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000) + this.#offsetSeconds;
  }

  advance(seconds: number): void {
    this.#offsetSeconds += seconds;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(timeZone, format);
  return format;
}

/** Local time as sales show it: `YYYY-MM-DD hh:mm:ss`, without a zone. */
export const localText = (seconds: number, timeZone: string): string =>
  formatOf(timeZone).format(seconds * 1000);

/** Start of the local day of a moment, Unix seconds. */
export function localMidnight(seconds: number, timeZone: string): number {
  const utcMidnight = Date.parse(`${localText(seconds, timeZone).slice(0, 10)}T00:00:00Z`) / 1000;
  // No zone of the sites changes its clocks between UTC midnight and local midnight.
  const local = Date.parse(`${localText(utcMidnight, timeZone).replace(' ', 'T')}Z`) / 1000;
  return utcMidnight - (local - utcMidnight);
}

/** A moment as xsd:dateTime with its offset, e.g. `2014-12-04T17:35:08+01:00`. */
export function localIso(seconds: number, timeZone: string): string {
  const local = localText(seconds, timeZone).replace(' ', 'T');
  const offsetMinutes = Math.round((Date.parse(`${local}Z`) / 1000 - seconds) / 60);
  const hours = Math.trunc(Math.abs(offsetMinutes) / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(hours)}:${two(Math.abs(offsetMinutes) % 60)}`;
}
