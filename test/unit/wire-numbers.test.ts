import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');

/** Names of the WebAPI's numbers; elsewhere a country has ISO letters, a method or carrier a text for its id. */
const NUMBERS = /\b(countryId|countryCode|methodId|shipmentMethodId|shipmentId|carrierId|operatorId)\b/;

/** Folders that speak the protocol: the driver, the simulated marketplace, and their tests. */
const SPOKEN = ['functions/webapi/', 'infra/local/simulator/', 'test/unit/webapi/', 'test/unit/simulator/'];

/** Settings of the driver, which a deployment may change. */
const SETTINGS = 'functions/entry/marketplaces.ts';

/** Tests that such numbers are refused, and this test. */
const REFUSED = [
  'test/unit/adapters/earlier-orders.test.ts',
  'test/unit/entry/field-problems.test.ts',
  'test/unit/wire-numbers.test.ts',
];

const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(ROOT.length + 1)
        .replaceAll('\\', '/'),
    );

const speaking = (file: string): boolean => NUMBERS.test(readFileSync(join(ROOT, file), 'utf8'));

it('numbers of countries, carriers and methods occur only where the WebAPI is spoken', () => {
  const files = ['functions', 'infra', 'test/support', 'test/unit', 'test/integration', 'test/proof'].flatMap(
    filesIn,
  );
  expect(files.length).toBeGreaterThan(400);
  const inside = files.filter((file) => SPOKEN.some((folder) => file.startsWith(folder)));
  for (const folder of SPOKEN)
    expect(inside.some((file) => file.startsWith(folder) && speaking(file))).toBe(true);
  const outside = files.filter((file) => !inside.includes(file) && speaking(file));
  expect(outside.sort()).toEqual([SETTINGS, ...REFUSED].sort());
});

it.each(['README.md', 'CHANGELOG.md', 'serverless.yml'])('%s does not show them', (file) => {
  expect(speaking(file)).toBe(false);
});

it('the settings of a marketplace name them for its driver only', () => {
  const [common = '', ofDrivers = ''] = readFileSync(join(ROOT, SETTINGS), 'utf8').split(
    'discriminatedUnion',
  );
  expect(NUMBERS.test(common)).toBe(false);
  expect(NUMBERS.test(ofDrivers)).toBe(true);
});
