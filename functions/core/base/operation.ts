import type { BilingualText } from './text.ts';

const NAMED = /\{([a-z]+\.[A-Za-z]+)((?: \w+=[^\s{}]+)*)\}/g;

/**
 * Names an operation of the product within a text (`accounts.show`), and of what (`accountId`). Readers of the HTTP API
 * know it by its route, users of a command line by a command: so each surface writes it for its own readers.
 */
export function operation(id: string, of: Readonly<Record<string, string>> = {}): string {
  const names = Object.entries(of).map(([name, value]) => ` ${name}=${value}`);
  return `{${id}${names.join('')}}`;
}

export type WriteOperation = (id: string, of: Readonly<Record<string, string>>) => string;

/** The text with its operations as the readers of a surface know them. */
export function phrased({ pl, en }: BilingualText, write: WriteOperation): BilingualText {
  const phrase = (text: string) =>
    text.replaceAll(NAMED, (_, id: string, names: string) =>
      write(
        id,
        Object.fromEntries(
          names
            .split(' ')
            .filter(Boolean)
            .map((pair) => pair.split('=', 2)),
        ),
      ),
    );
  return { pl: phrase(pl), en: phrase(en) };
}
