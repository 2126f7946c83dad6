import * as z from 'zod/mini';
import type { FieldProblem } from '../core/base/problem.ts';
import type { BilingualText } from '../core/base/text.ts';

type Issue = z.core.$ZodIssue;

/** A check with a text of its own, which describes a valid value; zod's text would be only "Invalid input". */
export const fits = <T>(isFit: (value: T) => boolean, text: BilingualText): z.core.$ZodCheck<T> =>
  z.refine<T>(isFit, { params: { text } });

/** The fields of an input that are wrong, and what to write there. `root` is the name of the input as a whole. */
export const fieldProblems = (
  { issues }: z.core.$ZodError,
  { input, root }: { input: unknown; root: string },
): FieldProblem[] =>
  issues.flatMap((issue) => {
    const nameOf = (path: readonly PropertyKey[]) => path.join('.') || root;
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ field: nameOf([...issue.path, key]), message: UNKNOWN_FIELD }));
    return [{ field: nameOf(issue.path), message: isMissing(issue, input) ? MISSING : wrong(issue) }];
  });

const UNKNOWN_FIELD: BilingualText = { pl: 'Nieznane pole. Usuń je.', en: 'Unknown field. Leave it out.' };
const MISSING: BilingualText = { pl: 'To pole jest wymagane.', en: 'This field is required.' };

function isMissing(issue: Issue, input: unknown): boolean {
  const parent = issue.path.slice(0, -1).reduce<unknown>(child, input);
  return issue.path.length > 0 && child(parent, issue.path.at(-1) ?? '') === undefined;
}

const child = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;

/** The text for an issue. The value is never quoted, because it may be a password. */
function wrong(issue: Issue): BilingualText {
  switch (issue.code) {
    case 'too_big':
      return limit('big', { ...issue, bound: issue.maximum });
    case 'too_small':
      return limit('small', { ...issue, bound: issue.minimum });
    case 'invalid_type': {
      const { pl, en } = TYPES[issue.expected] ?? { pl: issue.expected, en: issue.expected };
      return { pl: `Zły typ; oczekiwano: ${pl}.`, en: `Wrong type; expected: ${en}.` };
    }
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_format':
      return FORMATS[issue.format] ?? NO_WORDS;
    case 'invalid_union':
      return issue.errors.length === 0 && 'options' in issue
        ? oneOf(issue.options ?? [])
        : joined(issue.errors.flat().map(wrong));
    case 'custom':
      return isBilingual(issue.params?.text) ? issue.params.text : NO_WORDS;
    default:
      return NO_WORDS;
  }
}

const NO_WORDS: BilingualText = {
  pl: 'Niepoprawna wartość. Sprawdź ją w dokumentacji tego pola.',
  en: 'Not a valid value. Look the field up in the documentation.',
};

const isBilingual = (text: unknown): text is BilingualText =>
  typeof text === 'object' && text !== null && 'pl' in text && 'en' in text;

function oneOf(values: readonly unknown[]): BilingualText {
  const all = values.map(String).join(', ');
  return { pl: `Niedozwolona wartość; możliwe: ${all}.`, en: `Value not allowed; possible: ${all}.` };
}

/** The text for a union: each text once, because members of a union often have the same complaint. */
const joined = (texts: readonly BilingualText[]): BilingualText => ({
  pl: [...new Set(texts.map(({ pl }) => pl))].join(' '),
  en: [...new Set(texts.map(({ en }) => en))].join(' '),
});

interface Limit {
  readonly origin: string;
  readonly bound: number | bigint;
  readonly inclusive?: boolean;
}

function limit(side: 'big' | 'small', { origin, bound, inclusive = true }: Limit): BilingualText {
  const words = LIMITS[origin] ?? VALUE_LIMITS;
  const isBig = side === 'big';
  const [pl, en] = isBig ? ['najwyżej', 'at most'] : ['co najmniej', 'at least'];
  const [plStrict, enStrict] = isBig ? ['mniej niż', 'less than'] : ['więcej niż', 'more than'];
  const { unit } = words;
  return {
    pl: `${words[side].pl}; ${unit.pl}${inclusive ? pl : plStrict} ${bound}.`,
    en: `${words[side].en}; ${unit.en}${inclusive ? en : enStrict} ${bound}.`,
  };
}

const VALUE_LIMITS = {
  big: { pl: 'Za duże', en: 'Too big' },
  small: { pl: 'Za małe', en: 'Too small' },
  unit: { pl: '', en: '' },
};

/** The texts for limits, by zod's word for the type. */
const LIMITS: Readonly<Record<string, typeof VALUE_LIMITS>> = {
  string: {
    big: { pl: 'Za długie', en: 'Too long' },
    small: { pl: 'Za krótkie', en: 'Too short' },
    unit: { pl: 'znaków: ', en: 'characters: ' },
  },
  array: {
    big: { pl: 'Za dużo pozycji', en: 'Too many entries' },
    small: { pl: 'Za mało pozycji', en: 'Too few entries' },
    unit: { pl: '', en: '' },
  },
};

const TYPES: Readonly<Record<string, BilingualText>> = {
  string: { pl: 'tekst', en: 'text' },
  number: { pl: 'liczba', en: 'number' },
  int: { pl: 'liczba całkowita', en: 'whole number' },
  boolean: { pl: 'true albo false', en: 'true or false' },
  array: { pl: 'lista', en: 'list' },
  object: { pl: 'obiekt', en: 'object' },
  record: { pl: 'obiekt', en: 'object' },
};

const FORMATS: Readonly<Record<string, BilingualText>> = {
  date: { pl: 'Podaj dzień, np. 2026-11-20.', en: 'Give a day, e.g. 2026-11-20.' },
  datetime: {
    pl: 'Podaj datę i godzinę ze strefą czasową, np. 2026-11-20T08:00:00+01:00.',
    en: 'Give a date and a time with offset, e.g. 2026-11-20T08:00:00+01:00.',
  },
  url: {
    pl: 'Podaj pełny adres, np. https://example.com/service.php.',
    en: 'Give a whole address, e.g. https://example.com/service.php.',
  },
};
