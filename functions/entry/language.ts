import type { BilingualText } from '../core/base/text.ts';

export type Language = keyof BilingualText;

/** The language that a caller likes best of those that we have (`Accept-Language`), English where it likes none. */
export function languageOf(header: string | undefined): Language {
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 };
  for (const range of (header ?? '').slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const weight = weightIn(parameters);
    const language = LANGUAGES.get(tag.split('-')[0] ?? '');
    if (language !== undefined && weight > best.weight) best = { language, weight };
  }
  return best.language;
}

const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ['pl', 'pl'],
  ['en', 'en'],
  ['*', 'en'],
]);

/** `q`, from 0 to 1; 1 where none is given, 0 for what is none. */
function weightIn(parameters: readonly string[]): number {
  const given = parameters.map((one) => /^\s*q=(.*)$/.exec(one)?.[1]).find((one) => one !== undefined);
  if (given === undefined) return 1;
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(given.trim()) ? Number(given) : 0;
}
