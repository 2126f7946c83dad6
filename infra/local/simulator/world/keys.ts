import type { Chance } from './chance.ts';
import { COUNTRIES } from './countries.ts';
import { Refusal } from './refusal.ts';

export const KEY_STATES = ['ok', 'refused', 'inactive', 'expired', 'limited'] as const;
export type KeyState = (typeof KEY_STATES)[number];

interface WebapiKey {
  readonly key: string;
  state: KeyState;
  /** Version key by country id. */
  versions: Record<number, number>;
}

const CODES: Readonly<Record<KeyState, string | undefined>> = {
  ok: undefined,
  refused: 'ERR_WEBAPI_KEY',
  inactive: 'ERR_WEBAPI_KEY_INACTIVE',
  expired: 'ERR_WEBAPI_EXPIRED',
  limited: 'ERR_MINUTE_LIMIT_EXCEEDED',
};

/** The WebAPI keys, valid for every country, and the version key of each pair (country, key). */
export class Keys {
  readonly #keys: Map<string, WebapiKey>;
  readonly #chance: Chance;

  constructor(chance: Chance, saved: readonly WebapiKey[] = []) {
    this.#chance = chance;
    this.#keys = new Map(saved.map((key) => [key.key, key]));
  }

  snapshot(): WebapiKey[] {
    return [...this.#keys.values()];
  }

  /** Adds a key; a known key stays as it is. */
  add(key: string): void {
    if (!this.#keys.has(key)) this.#keys.set(key, { key, state: 'ok', versions: this.#draw() });
  }

  /** Sets the state of a key; false when the key is unknown. */
  setState(key: string, state: KeyState): boolean {
    const known = this.#keys.get(key);
    if (known !== undefined) known.state = state;
    return known !== undefined;
  }

  changeVersions(): void {
    for (const key of this.#keys.values()) key.versions = this.#draw();
  }

  /** Throws the `Refusal` that a call with this key earns; the key behind an open session is checked too. */
  check(key: string): WebapiKey {
    const known = this.#keys.get(key);
    const code = known === undefined ? CODES.refused : CODES[known.state];
    if (known === undefined || code !== undefined) throw new Refusal(code ?? 'ERR_WEBAPI_KEY');
    return known;
  }

  /** The valid version key. Throws `Refusal` for a bad country or key. */
  version(key: string, countryId: number): string {
    if (!COUNTRIES.has(countryId)) throw new Refusal('ERR_INPUT_COUNTRY_ERROR');
    return String(this.check(key).versions[countryId]);
  }

  /** New version keys: opaque numbers that need not rise, as real ones were seen to get smaller. */
  #draw(): Record<number, number> {
    return Object.fromEntries(
      [...COUNTRIES.keys()].map((id) => [id, this.#chance.int(76_000_001, 1_799_999_999)]),
    );
  }
}
