import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Texts are skipped, because they may hold the signs of a comment. */
const TOKEN =
  /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|(?:(?<=^|\n)[ \t]*\/\/[^\n]*\n?)+|\/\/[^\n]*/g;

/** Words that stand for a thing which the comment does not name. */
const VAGUE =
  /^(?:It|Its|They|Their|Them|This|That|These|Those|He|She|His|Her|Who|Whose|What|Which|Such|One|Ones|Of)\b/;

/** The comments of a source text, each in a line; lines of `//` that follow each other are one comment. */
const commentsIn = (source: string): string[] =>
  [...source.matchAll(TOKEN)].flatMap(([token]) => {
    if (!/^\s*\/[/*]/.test(token)) return [];
    const text = token.replace(/^\s*\/\*+|\*\/$/g, '').replace(/^[ \t]*(?:\*|\/\/)/gm, '');
    return [text.replace(/\s+/g, ' ').trim()];
  });

const vagueIn = (source: string): string[] => commentsIn(source).filter((comment) => VAGUE.test(comment));

describe('a comment', () => {
  it.each(['functions', 'infra', 'test'])('names its subject first in %s', (folder) => {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const sources = files.map((file) => [
      `${folder}/${file}`,
      readFileSync(join(ROOT, folder, file), 'utf8'),
    ]);
    expect(sources.flatMap(([, source = '']) => commentsIn(source)).length).toBeGreaterThan(800);
    expect(
      sources.flatMap(([file, source = '']) => vagueIn(source).map((comment) => `${file}: ${comment}`)),
    ).toEqual([]);
  });

  it('without a subject is found', () => {
    const source = [
      '/** Of an id that is known. */',
      "const url = 'http://example'; // This is one.",
      '/* The first line,',
      ' * Its second line. */',
      '  // A comment of lines,',
      '  // One of which begins vaguely.',
    ];
    expect(vagueIn(source.join('\n'))).toEqual(['Of an id that is known.', 'This is one.']);
    expect(commentsIn(source.join('\n'))).toHaveLength(4);
  });
});
