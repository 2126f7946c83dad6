/** Numbers of countries that sources name: the sites of the platform and their neighbours. */
export const KNOWN_COUNTRIES: ReadonlyMap<number, string> = new Map([
  [1, 'PL'],
  [16, 'AT'],
  [22, 'BY'],
  [34, 'BG'],
  [56, 'CZ'],
  [77, 'DE'],
  [93, 'HU'],
  [107, 'KZ'],
  [168, 'RU'],
  [181, 'SK'],
  [209, 'UA'],
]);

/**
 * Languages of the lists: sites use their own, and the documentation shows English names among the Polish
 * ones.
 */
const LANGUAGES = ['pl', 'cs', 'en'] as const;

/** Names in use that differ from those of the Unicode CLDR, which `Intl` knows. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'Stany Zjednoczone Ameryki': 'US',
  'Spojené státy americké': 'US',
  Macedonia: 'MK',
  Makedonie: 'MK',
  'Velká Británie': 'GB',
  'Republika Irlandii': 'IE',
  'Chińska Republika Ludowa': 'CN',
  'Federacja Rosyjska': 'RU',
  'Republika Czeska': 'CZ',
  'Česká republika': 'CZ',
  'Republika Słowacka': 'SK',
  'Slovenská republika': 'SK',
};

/** Codes that `Intl` names and ISO 3166-1 does not assign: parts of countries, unions, placeholders. */
const NO_COUNTRIES: ReadonlySet<string> = new Set('AC CP CQ DG EA EU EZ IC QO TA UN XA XB XK ZZ'.split(' '));

let letters: ReadonlyMap<string, string> | undefined;

/**
 * ISO 3166-1 alpha-2 letters of a country by its Polish, Czech or English name; undefined for any other text.
 */
export function lettersOfName(name: string): string | undefined {
  letters ??= namesOfAll();
  return letters.get(plain(name));
}

/** A name without accents, capitals and punctuation, in which lists differ. */
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ł', 'l')
    .replace(/[^a-z]+/g, ' ')
    .trim();

function namesOfAll(): ReadonlyMap<string, string> {
  const names = new Map(Object.entries(OTHER_NAMES).map(([name, code]) => [plain(name), code]));
  for (const language of LANGUAGES) {
    for (const style of ['long', 'short'] as const) {
      const display = new Intl.DisplayNames([language], { type: 'region', style, fallback: 'none' });
      for (const code of codes()) {
        const name = display.of(code);
        if (name !== undefined) names.set(plain(name), code);
      }
    }
  }
  return names;
}

/** All pairs of letters that may be a country, without codes that were replaced by another (`UK`, `SU`). */
function codes(): string[] {
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return alphabet
    .flatMap((first) => alphabet.map((second) => first + second))
    .filter((code) => !NO_COUNTRIES.has(code) && new Intl.Locale(`und-${code}`).region === code);
}
