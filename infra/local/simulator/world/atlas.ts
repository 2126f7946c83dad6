/** Names of some countries of the world, in the marketplace's numbering, in the language of each site. */
const NAMES: readonly (readonly [id: number, polish: string, czech: string])[] = [
  [1, 'Polska', 'Polsko'],
  [16, 'Austria', 'Rakousko'],
  [22, 'Białoruś', 'Bělorusko'],
  [34, 'Bułgaria', 'Bulharsko'],
  [56, 'Czechy', 'Česká republika'],
  [77, 'Niemcy', 'Německo'],
  [93, 'Węgry', 'Maďarsko'],
  [107, 'Kazachstan', 'Kazachstán'],
  [168, 'Rosja', 'Rusko'],
  [181, 'Słowacja', 'Slovensko'],
  [209, 'Ukraina', 'Ukrajina'],
];

export const countryNames = (siteId: number): { id: number; name: string }[] =>
  NAMES.map(([id, polish, czech]) => ({ id, name: siteId === 56 ? czech : polish }));
