/**
 * A change to a copy of the product's source. The place is found by syntax, in any file that declares it, so
 * that moved files, formatting and changes nearby do not lose the place.
 */
export interface Patch {
  /** Name of the function or constant, declared at the top of its file. */
  readonly within: string;
  /** Tokens of the place. `$1` matches any balanced tokens; at the end, the rest of an expression. */
  readonly from: string;
  /** Replacement; `$1` inserts the tokens that it matched. */
  readonly to: string;
}

/** Sources by path. */
export type Sources = ReadonlyMap<string, string>;

interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

interface Place {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly holes: ReadonlyMap<string, string>;
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|[\w$]+|[\s\S]/g;
const IS_SKIPPED = /^(?:\s|\/\/|\/\*)/;
const IS_HOLE = /^\$\d$/;
const OPENS = new Set(['(', '[', '{']);
const CLOSES = new Set([')', ']', '}']);
const ENDS = new Set([',', ';']);

/** The files that the patches change. Throws RangeError unless each place is found exactly once. */
export function patched(sources: Sources, change: { name: string; patches: readonly Patch[] }): Sources {
  const altered = new Map<string, string>();
  for (const patch of change.patches) {
    const places = [...sources].flatMap(([path, text]) =>
      placesIn({ path, text: altered.get(path) ?? text }, patch),
    );
    const [place] = places;
    if (place === undefined || places.length > 1)
      throw new RangeError(misfit(change.name, { patch, places }));
    const text = altered.get(place.path) ?? sources.get(place.path) ?? '';
    const to = patch.to.replace(/\$\d/g, (hole) => place.holes.get(hole) ?? hole);
    altered.set(place.path, text.slice(0, place.start) + to + text.slice(place.end));
  }
  return altered;
}

const misfit = (mutant: string, { patch, places }: { patch: Patch; places: readonly Place[] }): string =>
  [
    `mutant "${mutant}": looked in functions/core and functions/webapi for ${patch.from} within ${patch.within},`,
    `found it ${places.length} times, not once`,
    ...places.map(({ path }) => `in ${path}`),
  ].join(' ');

function placesIn({ path, text }: { path: string; text: string }, { within, from }: Patch): Place[] {
  const pattern = tokensOf(from).map((token) => token.text);
  return declarations(text, within).flatMap((span) => {
    const tokens = tokensOf(text.slice(span.start, span.end));
    return tokens.flatMap(({ start: first }, index): Place[] => {
      const match = matchAt(tokens, index, pattern);
      if (match === undefined) return [];
      const end = tokens[match.next - 1]?.end ?? first;
      const holes = [...match.holes].map(([name, [from, to]]): [string, string] => [
        name,
        text.slice(span.start + (tokens[from]?.start ?? end), span.start + (tokens[to - 1]?.end ?? end)),
      ]);
      return [{ path, start: span.start + first, end: span.start + end, holes: new Map(holes) }];
    });
  });
}

/**
 * The declarations of a name. The formatter puts declarations at the top of a file, and nothing else, at the
 * beginning of a line.
 */
function declarations(text: string, name: string): { start: number; end: number }[] {
  if (!text.includes(name)) return [];
  const begin = new RegExp(
    `^(?:export )?(?:async )?(?:function\\*?|const|let|class) ${name}(?![\\w$])`,
    'gm',
  );
  return [...text.matchAll(begin)].map(({ index }) => {
    const next =
      /^(?:export|import|async|function|const|let|class|type|interface|enum|\/\*\*)(?![\w$])/m.exec(
        text.slice(index + 1),
      );
    return { start: index, end: next === null ? text.length : index + 1 + next.index };
  });
}

/** The tokens of a text without blanks, comments and trailing commas, which the formatter may change. */
function tokensOf(text: string): Token[] {
  const all = [...text.matchAll(TOKEN)]
    .filter(([token]) => !IS_SKIPPED.test(token))
    .map(({ 0: token, index }) => ({ text: token, start: index, end: index + token.length }));
  return all.filter((token, at) => token.text !== ',' || !CLOSES.has(all[at + 1]?.text ?? ''));
}

interface Match {
  /** Index of the token after the last matching one. */
  readonly next: number;
  /** For each hole, the index of the first token that it matched, and of the first after it. */
  readonly holes: ReadonlyMap<string, readonly [number, number]>;
}

function matchAt(tokens: readonly Token[], at: number, pattern: readonly string[]): Match | undefined {
  const [wanted, ...rest] = pattern;
  if (wanted === undefined) return { next: at, holes: new Map() };
  if (!IS_HOLE.test(wanted)) return tokens[at]?.text === wanted ? matchAt(tokens, at + 1, rest) : undefined;
  const filled = (next: number): Match | undefined => {
    const match = matchAt(tokens, next, rest);
    return match && { next: match.next, holes: new Map([...match.holes, [wanted, [at, next]]]) };
  };
  let depth = 0;
  for (let next = at; ; next += 1) {
    const text = tokens[next]?.text;
    const isEnd = text === undefined || CLOSES.has(text) || ENDS.has(text);
    const match = depth > 0 || (rest.length === 0 && !isEnd) ? undefined : filled(next);
    if (match !== undefined) return match;
    if (text === undefined || (depth === 0 && CLOSES.has(text))) return undefined;
    if (OPENS.has(text)) depth += 1;
    if (CLOSES.has(text)) depth -= 1;
  }
}
