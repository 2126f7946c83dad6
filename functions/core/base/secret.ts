import { inspect } from 'node:util';

/**
 * Text that must never be printed: an application password, a WebAPI key, a session handle.
 * Logging, JSON and string conversion all show a placeholder; only `reveal` gives the text, and the
 * doors that send it or store it are the only ones to call that.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /** Whether both hide the same text. */
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
