import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Arrow,
  arrowsOf,
  betweenRooms,
  circlesOf,
  deepArrows,
  floorOf,
  folderOf,
  roomOf,
  sources,
  strayArrows,
  upwardArrows,
} from '../arrows/arrows.ts';
import { FLOORS, FOLDERS, FORBIDDEN_PACKAGES, TO_COME } from '../arrows/house.ts';

const all = await sources();
const arrows = all.flatMap(arrowsOf);
const files = arrows.filter(({ to }) => to.endsWith('.ts'));

const filesMatching = (pattern: RegExp, chosen: (file: string) => boolean): string[] =>
  all.filter(({ file, text }) => chosen(file) && pattern.test(text)).map(({ file }) => file);

const core = (from: string, to: string): Arrow => ({
  from: `functions/core/${from}.ts`,
  to: `functions/core/${to}.ts`,
});

describe('the arrows of the house', () => {
  it('finds what it is about', () => {
    expect(arrows.length).toBeGreaterThan(100);
    const known = Object.keys(FOLDERS).filter((folder) => !TO_COME.includes(folder));
    const found = new Set(arrows.map(({ from }) => folderOf(from)));
    expect([...found].filter((folder) => !TO_COME.includes(folder)).sort()).toEqual(known.sort());
  });

  it('runs imports one way only', () => {
    expect(strayArrows(files)).toEqual([]);
    expect(
      strayArrows([{ from: 'functions/core/run/run.ts', to: 'functions/adapters/dynamo.ts' }]),
    ).toHaveLength(1);
    expect(
      strayArrows([{ from: 'functions/console/main.ts', to: 'functions/core/base/time.ts' }]),
    ).toHaveLength(1);
    expect(
      strayArrows([{ from: 'functions/contract/routes.ts', to: 'functions/core/base/time.ts' }]),
    ).toHaveLength(1);
  });

  it('keeps each folder free of packages that are not its business', () => {
    const wrong = arrows.filter(({ from, to }) => FORBIDDEN_PACKAGES[folderOf(from)]?.test(to) === true);
    expect(wrong).toEqual([]);
  });

  it('reads the environment in functions/entry only', () => {
    const outside = (file: string) => file.startsWith('functions/') && !file.startsWith('functions/entry');
    expect(filesMatching(/process\.env/, outside)).toEqual([]);
  });

  it('hands clock and chance to the core from outside', () => {
    const pattern = /Date\.now\(|new Date\(\)|Math\.random|setTimeout|performance\./;
    expect(filesMatching(pattern, (file) => file.startsWith('functions/core'))).toEqual([]);
  });

  it('knows nothing of a simulator in functions', () => {
    expect(filesMatching(/simulat/i, (file) => file.startsWith('functions'))).toEqual([]);
  });
});

describe('the rooms of functions/core', () => {
  it('have a floor each, and no file lies loose', () => {
    const inCore = all.map(({ file }) => file).filter((file) => file.startsWith('functions/core/'));
    expect(inCore.filter((file) => roomOf(file) === undefined)).toEqual([]);
    expect(new Set(inCore.map(roomOf))).toEqual(new Set(FLOORS.flat()));
  });

  it('have a paragraph each, whose file to open first is there', async () => {
    const folder = join(import.meta.dirname, '..', '..', 'functions', 'core');
    const text = await readFile(join(folder, 'README.md'), 'utf8');
    for (const room of FLOORS.flat()) expect(text).toContain(`\`${room}/\``);
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(FLOORS.flat().length);
    await Promise.all(links.map((link) => readFile(join(folder, link))));
  });

  it('import only rooms on floors below their own', () => {
    expect(upwardArrows(files)).toEqual([]);
    expect(upwardArrows([core('base/time', 'run/run')])).toHaveLength(1);
    expect(upwardArrows([core('feed/changes', 'access/session')])).toHaveLength(1);
    expect(upwardArrows([core('run/run', 'attic/box')])).toHaveLength(1);
    expect(upwardArrows([core('run/run', 'base/time'), core('run/run', 'run/due')])).toEqual([]);
  });

  it('have no circle, and neither have files', () => {
    expect(circlesOf(betweenRooms(files))).toEqual([]);
    expect(circlesOf(files)).toEqual([]);
    const circle = [
      core('run/a', 'run/b'),
      core('run/b', 'run/c'),
      core('run/c', 'run/a'),
      core('run/d', 'run/a'),
    ];
    expect(circlesOf(circle)).toEqual([['a', 'b', 'c'].map((name) => `functions/core/run/${name}.ts`)]);
  });

  it('are known to a driver only as far as the port goes', () => {
    expect(deepArrows(files)).toEqual([]);
    expect(deepArrows([{ from: 'functions/webapi/a.ts', to: 'functions/core/run/run.ts' }])).toHaveLength(1);
  });

  it('are counted from the ground', () => {
    expect(floorOf('base')).toBe(1);
    expect(floorOf('run')).toBe(9);
    expect(floorOf('attic')).toBeUndefined();
  });
});
