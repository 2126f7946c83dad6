import { stripVTControlCharacters } from 'node:util';
import { clean, wrap } from './text.ts';

/** A column: its title, and the cell of a row. */
export type Column<Row> = readonly [title: string, cell: (row: Row) => string | number];

/** Draws rows below titles, with two spaces between columns. `bold` marks the titles for a person's eye. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { bold }: { bold: boolean },
): string {
  const cells = rows.map((row) => columns.map(([, cell]) => clean(String(cell(row)))));
  const titles = columns.map(([title]) => title);
  const widths = titles.map((title, place) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[place] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, place) => cell + ' '.repeat((widths[place] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd();
  const header = bold ? `\u001b[1m${line(titles)}\u001b[22m` : line(titles);
  return `${[header, ...cells.map(line)].join('\n')}\n`;
}

/** Narrower columns than this are not worth wrapping for. */
const NARROWEST = 30;

/** Names and values below each other, for a single thing. Values on several lines, or longer than a line, are indented. */
export function facts(
  entries: readonly (readonly [name: string, value: string | number | undefined])[],
  { columns }: { columns: number },
): string {
  const shown = entries.flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as const],
  );
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  const room = Math.max(NARROWEST, columns - width - 2);
  const lines = shown.map(([name, value]) => {
    const [first = '', ...more] = value.split('\n').flatMap((line) => wrap(clean(line), room));
    return [`${name.padEnd(width)}  ${first}`, ...more.map((line) => ' '.repeat(width + 2) + line)].join(
      '\n',
    );
  });
  return `${lines.join('\n')}\n`;
}

/** The places that a text takes: one for each character, two for wide ones, as terminals draw them. */
function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(stripVTControlCharacters(text)))
    width +=
      /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/u.test(
        segment,
      )
        ? 2
        : 1;
  return width;
}
