import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Name of the entry point of every Lambda function. */
const ENTRY = 'handler';

/** Names of the functions that a source text declares at its top. */
function namesIn(source: string): string[] {
  const declared = /^(?:export )?(?:async )?function\*? (\w+)/gm;
  const assigned = /^(?:export )?const (\w+)(?::[^=;]*)? =\s*(?:async )?(?:<[^=;]*>)?\([^;]*?=>/gm;
  return [...source.matchAll(declared), ...source.matchAll(assigned)].flatMap(([, name]) => name ?? []);
}

/** Source texts of a folder, by path. */
const sourcesIn = (folder: string): [string, string][] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [`${folder}/${file}`, readFileSync(join(ROOT, folder, file), 'utf8')]);

describe('the functions of the product', () => {
  it('have a name of their own each, so that a name has one meaning', () => {
    const places = new Map<string, string[]>();
    for (const [file, source] of sourcesIn('functions'))
      for (const name of namesIn(source)) places.set(name, [...(places.get(name) ?? []), file]);
    expect(places.size).toBeGreaterThan(900);
    const shared = [...places].filter(([name, declaring]) => declaring.length > 1 && name !== ENTRY);
    expect(shared).toEqual([]);
  });

  it('are found however they are declared', () => {
    const source = [
      'export async function readAll<T>(): Promise<T> {}',
      'function* pages() {}',
      'export const toPage = ({ items }: Reply): Page => items;',
      'const later =\n  (now: number): Change =>\n  (account) => account;',
      'const sum = <T>(one: T) => one;',
    ];
    expect(namesIn(source.join('\n'))).toEqual(['readAll', 'pages', 'toPage', 'later', 'sum']);
  });
});

describe('a parameter', () => {
  /** A parameter or constant called `use`, which says nothing of what it is. */
  const USE = /^(?! *(?:\*|\/\/|\/\*)).*(?:[(,] *|^ +|const )use(?:\?|: | = |,|\))/m;

  it.each(['functions', 'infra', 'test'])('is named for what it is in %s', (folder) => {
    const sources = sourcesIn(folder).filter(([file]) => file !== 'test/unit/names.test.ts');
    expect(sources.filter(([, source]) => USE.test(source)).map(([file]) => file)).toEqual([]);
  });

  it('called `use` is found', () => {
    for (const line of ['f(deps: Deps, use: Job) {', '  use: { now: number },', '  const use = {};'])
      expect(USE.test(line)).toBe(true);
    for (const line of ['    .use(doors)', ' * We use: it.', 'const user = 1;', "name: 'in use'"])
      expect(USE.test(line)).toBe(false);
  });
});
