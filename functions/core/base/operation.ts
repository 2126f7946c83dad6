import type { BilingualText } from './text.ts';

const NAMED = /\{([a-z]+\.[A-Za-z]+)((?: \w+=[^\s{}]+)*)\}/g;

/**
 * A placeholder in a text for an operation (`accounts.show`) and its parameters (`accountId`). Each surface replaces it
 * by its own name of the operation: the HTTP API by a route, a command line by a command.
 */
export function operation(id: string, of: Readonly<Record<string, string>> = {}): string {
  const names = Object.entries(of).map(([name, value]) => ` ${name}=${value}`);
  return `{${id}${names.join('')}}`;
}

export type WriteOperation = (id: string, of: Readonly<Record<string, string>>) => string;

/** The text with the names of its operations replaced by those of a surface. */
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
