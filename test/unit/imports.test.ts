import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Which folders a folder may import from, besides itself. Nothing else may be reached. */
const ARROWS: Record<string, readonly string[]> = {
  'functions/core': [],
  'functions/webapi': ['functions/core'],
  'functions/adapters': ['functions/core'],
  'functions/entry': ['functions/adapters', 'functions/webapi', 'functions/core'],
  'functions/http': ['functions/entry', 'functions/core'],
  'functions/schedule': ['functions/entry', 'functions/core'],
  'functions/queue': ['functions/entry', 'functions/core'],
  'infra/build': [],
  'infra/local': [],
};

/** Packages that a folder must not know; `core` knows no AWS, no Lambda and no protocol at all. */
const FORBIDDEN_PACKAGES: Record<string, RegExp> = {
  'functions/core':
    /^(@aws-|@middy|aws-lambda|soap|zod|node:(fs|http|https|net|process|child_process|timers))/,
  'functions/webapi': /^(@aws-|@middy|aws-lambda)/,
  'functions/adapters': /^(@middy|aws-lambda|soap)/,
};

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly target: string;
}

const folderOf = (path: string): string => path.split(sep).slice(0, 2).join('/');

async function sourcesIn(folder: string): Promise<string[]> {
  const names = await readdir(join(ROOT, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

async function importsOf(file: string): Promise<Import[]> {
  const text = await readFile(join(ROOT, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) => ({
    file,
    folder: folderOf(file),
    target: specifier.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), specifier)) : specifier,
  }));
}

const sources = (await Promise.all(['functions', 'infra'].map(sourcesIn))).flat();
const imports = (await Promise.all(sources.map(importsOf))).flat();

describe('the arrows of the house', () => {
  it('finds what it is about', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(new Set(imports.map(({ folder }) => folder))).toEqual(new Set(Object.keys(ARROWS)));
  });

  it('runs imports one way only', () => {
    const wrong = imports.filter(({ folder, target }) => {
      if (!target.startsWith('functions/') && !target.startsWith('infra/')) return false;
      const to = folderOf(target);
      return to !== folder && !(ARROWS[folder] ?? []).includes(to);
    });
    expect(wrong).toEqual([]);
  });

  it('keeps each folder free of packages that are not its business', () => {
    const wrong = imports.filter(({ folder, target }) => FORBIDDEN_PACKAGES[folder]?.test(target) === true);
    expect(wrong).toEqual([]);
  });

  it('reads the environment in functions/entry only', async () => {
    expect(await filesMatching(/process\.env/, (file) => !file.startsWith('functions/entry'))).toEqual([]);
  });

  it('hands clock and chance to the core from outside', async () => {
    const pattern = /Date\.now\(|new Date\(\)|Math\.random|setTimeout|performance\./;
    expect(await filesMatching(pattern, (file) => file.startsWith('functions/core'))).toEqual([]);
  });

  it('knows nothing of a simulator in functions', async () => {
    expect(await filesMatching(/simulat/i, (file) => file.startsWith('functions'))).toEqual([]);
  });
});

async function filesMatching(pattern: RegExp, chosen: (file: string) => boolean): Promise<string[]> {
  const texts = sources
    .filter((file) => file.startsWith('functions') && chosen(file))
    .map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') }));
  return (await Promise.all(texts)).filter(({ text }) => pattern.test(text)).map(({ file }) => file);
}
