import { ApiProblem } from '../api/problem.ts';
import { CliError, EXIT, type ExitCode, Interrupted } from '../exit.ts';
import type { Language } from '../io.ts';
import { argumentFor, inCommands } from './phrase.ts';
import { clean } from './text.ts';

interface Ending {
  readonly exit: ExitCode;
  /** Lines for a person; empty for an interruption. */
  readonly text: string;
  /** The same for a program. */
  readonly json: object;
}

/** The end of a command by an error. Shows no stack, and nothing of an unknown error but its message. */
export function endingOf(error: unknown, language: Language): Ending {
  if (error instanceof Interrupted)
    return { exit: EXIT.interrupted, text: '', json: { exit: EXIT.interrupted } };
  if (error instanceof ApiProblem) return ofProblem(error, language);
  const known = error instanceof CliError;
  const exit = known ? error.exit : EXIT.failed;
  const said = error instanceof Error ? error.message : String(error);
  const lines = (known ? error.text[language] : said).split('\n');
  const text = lines.map(clean).join('\n');
  return { exit, text: `${text}\n`, json: { exit, detail: text } };
}

function ofProblem({ status, body, exit }: ApiProblem, language: Language): Ending {
  const { title = UNNAMED[language], message, detail, fields = [], retryAfterSeconds } = body;
  const told = message?.[language] ?? detail ?? REMEDY[status]?.[language] ?? UNKNOWN[language];
  const [only, ...more] = fields;
  // A single wrong field has the text of the whole problem, which does not name it.
  const isOnly = status === 400 && only !== undefined && more.length === 0 && only.message[language] === told;
  const lines = [
    title === told ? `HTTP ${status}` : `${title} (${status})`,
    `${isOnly ? `${argumentFor(only.field)}: ` : ''}${inCommands(told)}`,
    ...fields
      .filter(({ message: of }) => of[language] !== told)
      .map(({ field, message: of }) => `  ${argumentFor(field)}: ${inCommands(of[language])}`),
    ...(retryAfterSeconds === undefined ? [] : [LATER[language](retryAfterSeconds)]),
  ];
  return { exit, text: `${lines.map(clean).join('\n')}\n`, json: { exit, status, ...body } };
}

const UNNAMED = { pl: 'Odmowa', en: 'Refused' };
const UNKNOWN = {
  pl: 'Serwer nie podał przyczyny. Sprawdź adres profilu i spróbuj ponownie.',
  en: 'The server gave no reason. Check the address of the profile, and try again.',
};

/** For answers of the gateway in front of the API, which have no text of ours. */
const REMEDY: Readonly<Record<number, { pl: string; en: string }>> = {
  401: {
    pl: 'Brak ważnego tokenu. Sprawdź profil (klamka profiles list) i sekret klienta.',
    en: 'There is no valid token. Check the profile (klamka profiles list) and the client secret.',
  },
  404: {
    pl: 'Nie ma takiego adresu. Sprawdź adres profilu; ta wersja serwera może też nie znać tego polecenia.',
    en: 'There is no such address. Check that of the profile; this version of the server may not know the command.',
  },
  413: { pl: 'Żądanie jest za duże. Podziel je.', en: 'The request is too large. Split it.' },
  429: {
    pl: 'Za dużo wywołań naraz. Odczekaj kilka sekund i spróbuj ponownie.',
    en: 'Too many calls at once. Wait some seconds and try again.',
  },
  503: {
    pl: 'Chwilowo niedostępne. Spróbuj ponownie za kilkanaście sekund.',
    en: 'Not available for the moment. Try again in some seconds.',
  },
};

const LATER = {
  pl: (seconds: number) => `Spróbuj ponownie za ${seconds} s.`,
  en: (seconds: number) => `Try again in ${seconds} s.`,
};
