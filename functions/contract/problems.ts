interface ProblemKind {
  readonly status: number;
  readonly title: { readonly pl: string; readonly en: string };
}

/** The kinds of problems of a request, by code, which is the last part of a problem's `type`. */
export const PROBLEMS = {
  'bad-input': { status: 400, title: { pl: 'Niepoprawne dane', en: 'Bad input' } },
  unauthenticated: { status: 401, title: { pl: 'Brak ważnego tokenu', en: 'No valid token' } },
  forbidden: { status: 403, title: { pl: 'Brak uprawnień', en: 'Not permitted' } },
  'not-found': { status: 404, title: { pl: 'Nie znaleziono', en: 'Not found' } },
  'already-exists': { status: 409, title: { pl: 'Już istnieje', en: 'Already exists' } },
  'being-added': { status: 409, title: { pl: 'Dodawanie trwa', en: 'Being added' } },
  'being-removed': { status: 409, title: { pl: 'Usuwanie trwa', en: 'Being removed' } },
  'request-under-way': { status: 409, title: { pl: 'Żądanie jest wykonywane', en: 'Request under way' } },
  'changed-meanwhile': { status: 412, title: { pl: 'Zmienione w międzyczasie', en: 'Changed meanwhile' } },
  'too-large': { status: 413, title: { pl: 'Za duże żądanie', en: 'Request too large' } },
  'password-refused': { status: 422, title: { pl: 'Hasło odrzucone', en: 'Password refused' } },
  'key-reused': { status: 422, title: { pl: 'Klucz użyty ponownie', en: 'Key used again' } },
  'wrong-state': {
    status: 409,
    title: { pl: 'Niemożliwe w obecnym stanie', en: 'Not possible in the present state' },
  },
  'feed-restored': {
    status: 409,
    title: { pl: 'Lista zmian odtworzona z kopii', en: 'Feed restored from a copy' },
  },
  'too-often': { status: 429, title: { pl: 'Za często', en: 'Too often' } },
  unavailable: { status: 503, title: { pl: 'Chwilowo niedostępne', en: 'Unavailable for the moment' } },
  internal: { status: 500, title: { pl: 'Błąd po naszej stronie', en: 'An error on our side' } },
} as const satisfies Readonly<Record<string, ProblemKind>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const problemType = (code: ProblemCode): string => `urn:klamka:problem:${code}`;
