import { inspect } from 'node:util';

/**
 * Text that must never be printed: an application password, an integration key, a session handle. Logging, JSON and
 * string conversion show a placeholder. Only `reveal` returns the text, and only code that sends or stores
 * the secret calls it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Whether both hold the same text. */
  equals(other: Secret): boolean {
    return this.#text === other.#text;
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}
