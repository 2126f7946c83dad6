import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Words of the WebAPI; the words of the core are purchase, sale, integration key and session. */
const WORDS =
  /(?:^|[^a-z])deal|Deal|formId|FormId|[pP]ostBuy|[wW]eb[aA]pi|WebAPI|soap|S[oO][aA][pP]|[vV]ersionKey|[sS]essionHandle/;

/**
 * Folders that speak the protocol: the driver, and the SOAP side of the simulated marketplace with its keys and
 * sessions.
 */
const SPOKEN = [
  'functions/webapi/',
  'infra/local/simulator/http/',
  'infra/local/simulator/methods/',
  'infra/local/simulator/wire/',
  'infra/local/simulator/world/',
  'infra/local/simulator/main.ts',
  'infra/local/simulator/simulator.ts',
];

/**
 * The registry of drivers and their settings, the bundling of a driver's library, and where the simulator is started.
 */
const NAMED = [
  'functions/entry/drivers.ts',
  'functions/entry/marketplaces.ts',
  'infra/build/',
  'infra/local/chaos/happenings.ts',
];

/** The sales that the simulator knows, in the words of the core, because its truth is compared with our orders. */
const TRUTH = /(?:^|[^a-z])deal|Deal|formId|FormId|[pP]ostBuy/;

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1));

/** The identifiers of a source text, without comments and texts. */
function identifiersOf(source: string): string[] {
  const code = source
    .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
    .replace(/`(?:[^`\\]|\\.)*`/g, (text) =>
      [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner).join(' '),
    )
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
  return code.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
}

const foundIn = (file: string, words: RegExp): string[] => [
  ...new Set(identifiersOf(readFileSync(join(ROOT, file), 'utf8')).filter((name) => words.test(name))),
];

const within = (file: string, folders: readonly string[]): boolean =>
  folders.some((folder) => file.startsWith(folder));

describe('the words of the WebAPI', () => {
  const files = [
    'functions',
    'infra',
    'test/support',
    'test/integration',
    'test/unit/core',
    'test/unit/truth',
  ]
    .flatMap(filesIn)
    .filter((file) => !within(file, NAMED));

  it.each(
    files.filter(
      (file) => !within(file, SPOKEN) && (file.startsWith('functions/') || file.startsWith('infra/')),
    ),
  )('do not occur in %s', (file) => {
    expect(foundIn(file, WORDS)).toEqual([]);
  });

  it('for sales and purchases do not occur in tests of the core, nor in what the simulator knows', () => {
    const checked = files.filter(
      (file) => file.startsWith('test/') || file.startsWith('infra/local/simulator/world/'),
    );
    expect(checked.length).toBeGreaterThan(150);
    // Calls of the marketplace are counted by the names of its operations.
    const found = checked.map(
      (file) => [file, foundIn(file, TRUTH).filter((name) => !/^do[A-Z]/.test(name))] as const,
    );
    expect(found.filter(([, names]) => names.length > 0)).toEqual([]);
  });

  it('are found where they occur', () => {
    expect(foundIn('functions/webapi/operations.ts', WORDS)).toEqual(
      expect.arrayContaining(['webapiKey', 'sessionHandle', 'doGetDeals']),
    );
    expect(identifiersOf("const dealId = 'webapi'; // soap\n/* formId */ #versionKey")).toEqual([
      'const',
      'dealId',
      'soap',
      'versionKey',
    ]);
    for (const name of ['ideal', 'format', 'session', 'formOf']) expect(WORDS.test(name)).toBe(false);
  });
});
