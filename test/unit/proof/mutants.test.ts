import { beforeAll, describe, expect, it } from 'vitest';
import { coreSources, loadCore } from '../../proof/load.ts';
import { MUTANTS } from '../../proof/mutants/index.ts';
import { type Patch, patched, type Sources } from '../../proof/mutants/places.ts';

const IN_SOURCE = MUTANTS.flatMap(({ name, patches }) => (patches === undefined ? [] : [{ name, patches }]));

describe('the mutants of the proof', () => {
  let core: Sources;
  /** The same sources in other files, with other indentation and further comments. */
  let moved: Sources;
  beforeAll(async () => {
    core = await coreSources();
    moved = new Map(
      [...core].map(([path, text], at) => [
        `/room-${at}/${path.split('/').at(-1)}`,
        text.replace(/^ +/gm, '\t').replaceAll(';\n', ';\n\n\t// a comment that was added\n'),
      ]),
    );
  });

  it('have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  it.each(IN_SOURCE)('fits the source: $name', (mutant) => {
    const altered = patched(core, mutant);
    expect(altered.size).toBeGreaterThan(0);
    for (const [path, text] of altered) expect(text).not.toBe(core.get(path));
  });

  it.each(IN_SOURCE)('fits it too once files are moved and formatted otherwise: $name', (mutant) => {
    expect(patched(moved, mutant).size).toBe(patched(core, mutant).size);
  });

  it('stops the proof where a place is gone', async () => {
    const mutant = { name: 'forgets a rule', patches: [{ within: 'mayAttempt', from: 'isGone()', to: '' }] };
    await expect(loadCore(mutant)).rejects.toThrow(
      'mutant "forgets a rule": looked in functions/core and functions/webapi for isGone() within mayAttempt, found it 0 times, not once',
    );
  });

  it('stops the proof where a change is in a file that the proof does not run', async () => {
    const patches = [{ within: 'signatureHeaders', from: 'const timestamp', to: 'const  timestamp' }];
    await expect(loadCore({ name: 'signs nothing', patches })).rejects.toThrow(
      'mutant "signs nothing": a change is in a file that the proof does not run',
    );
  });
});

describe('a place', () => {
  const SOURCE = `export function mayGo(account: Account): boolean {
  if (isLocked(account) || isLate(account)) return false; // isLocked(account)
  const text = 'isLocked(account)';
  return most({ of: [1, 2], text });
}

export const mayStay = (account: Account): boolean => !isLocked(account);
`;
  const put = (sources: Record<string, string>, patch: Patch) =>
    Object.fromEntries(patched(new Map(Object.entries(sources)), { name: 'some mutant', patches: [patch] }));
  const locked: Patch = { within: 'mayGo', from: 'isLocked(account)', to: 'false' };

  it('is within the function that is named, and no comment or text', () => {
    expect(put({ a: SOURCE }, locked)).toEqual({
      a: SOURCE.replace('isLocked(account) ||', 'false ||'),
    });
  });

  it('is found however the formatter breaks its lines', () => {
    const broken = SOURCE.replace('{ of: [1, 2], text }', '{\n    of: [\n1,\n2,\n],\n    text,\n  }');
    const patch = { within: 'mayGo', from: 'most({ of: [1, 2], text })', to: 'true' };
    expect(put({ a: broken }, patch)).toEqual(put({ a: SOURCE }, patch));
  });

  it('brings back what $1 stood for: anything in balance, or the rest of an expression', () => {
    expect(put({ a: SOURCE }, { within: 'mayGo', from: 'of: $1', to: 'of: all($1)' }).a).toContain(
      '{ of: all([1, 2]), text }',
    );
    expect(put({ a: SOURCE }, { within: 'mayGo', from: 'most($1)', to: 'least($1)' }).a).toContain(
      'return least({ of: [1, 2], text });',
    );
  });

  it.each<[string, Record<string, string>, Patch]>([
    ['the function is gone', { a: SOURCE }, { ...locked, within: 'maySleep' }],
    ['the place is gone', { a: SOURCE }, { ...locked, from: 'isOpen(account)' }],
    ['the place is there twice', { a: SOURCE }, { ...locked, from: '(account)' }],
    ['two files have the function with the place', { a: SOURCE, b: SOURCE }, locked],
  ])('fails with the name of the mutant and what was looked for: %s', (_, sources, patch) => {
    const looked = `mutant "some mutant": looked in functions/core and functions/webapi for ${patch.from} within ${patch.within}`;
    expect(() => put(sources, patch)).toThrow(looked);
  });
});
