interface Land {
  /** The marketplace's number of the country; the numbers of France and the United States are invented. */
  readonly id: number;
  /** ISO 3166-1 alpha-2; undefined for a country that exists only on the marketplace. */
  readonly letters?: string;
  readonly polish: string;
  readonly czech: string;
}

/** The countries of the simulated world, with their names on each site. */
const LANDS: readonly Land[] = [
  { id: 1, letters: 'PL', polish: 'Polska', czech: 'Polsko' },
  { id: 16, letters: 'AT', polish: 'Austria', czech: 'Rakousko' },
  { id: 22, letters: 'BY', polish: 'Białoruś', czech: 'Bělorusko' },
  { id: 34, letters: 'BG', polish: 'Bułgaria', czech: 'Bulharsko' },
  { id: 56, letters: 'CZ', polish: 'Czechy', czech: 'Česká republika' },
  { id: 71, letters: 'FR', polish: 'Francja', czech: 'Francie' },
  { id: 77, letters: 'DE', polish: 'Niemcy', czech: 'Německo' },
  { id: 93, letters: 'HU', polish: 'Węgry', czech: 'Maďarsko' },
  { id: 107, letters: 'KZ', polish: 'Kazachstan', czech: 'Kazachstán' },
  { id: 168, letters: 'RU', polish: 'Rosja', czech: 'Rusko' },
  { id: 181, letters: 'SK', polish: 'Słowacja', czech: 'Slovensko' },
  { id: 209, letters: 'UA', polish: 'Ukraina', czech: 'Ukrajina' },
  { id: 212, letters: 'US', polish: 'Stany Zjednoczone Ameryki', czech: 'Spojené státy americké' },
  { id: 228, polish: 'Nibylandia', czech: 'Nezemě' },
];

const BY_ID: ReadonlyMap<number, Land> = new Map(LANDS.map((land) => [land.id, land]));

export const countryNames = (siteId: number): { id: number; name: string }[] =>
  LANDS.map(({ id, polish, czech }) => ({ id, name: siteId === 56 ? czech : polish }));

export const isCountry = (id: number): boolean => BY_ID.has(id);

/** ISO 3166-1 letters of a country; undefined for a country without them. */
export const countryLetters = (id: number): string | undefined => BY_ID.get(id)?.letters;
