import type { OperationId } from '../../../functions/contract/routes.ts';
import { ROUTES } from '../../../functions/contract/routes.ts';
import type { BilingualText } from '../../../functions/core/base/text.ts';
import { CliError, EXIT, Interrupted } from '../exit.ts';
import type { Language } from '../io.ts';
import type { AnswerOf, Call, InputOf } from './contract.ts';
import { ApiProblem } from './problem.ts';

/** Longer than API Gateway lets any request take. */
const TIMEOUT_MILLIS = 40_000;

export interface Api {
  /** Base address with the version, e.g. `http://127.0.0.1:3000/v1`. */
  readonly url: string;
  /** The remedy if nothing answers, where it is known. */
  readonly gone?: BilingualText;
  /** A token, of which it is known that it has not expired; with `fresh`, not the one of before. */
  token(options: { fresh: boolean }): Promise<string>;
}

interface Options {
  readonly api: Api;
  readonly language: Language;
  readonly signal: AbortSignal;
}

interface Parts {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** A client of the API. A refused token is replaced once: a call that was answered with 401 was not carried out. */
export function clientOf({ api, language, signal }: Options): Call {
  return async <Id extends OperationId>(id: Id, input: InputOf<Id>): Promise<AnswerOf<Id>> => {
    const { method, url, body } = requestOf(api.url, id, input);
    const send = async (fresh: boolean) =>
      await reach(url, {
        gone: api.gone,
        method,
        signal,
        headers: {
          authorization: `Bearer ${await api.token({ fresh })}`,
          'accept-language': language,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      });
    let answer = await send(false);
    if (answer.status === 401) answer = await send(true);
    const content = await contentOf(answer);
    if (!answer.ok) throw new ApiProblem(answer.status, content);
    // Servers add fields and words over time, so that an answer is not checked, and is trusted to fit its contract.
    return content as AnswerOf<Id>;
  };
}

function requestOf(base: string, id: OperationId, { params = {}, query = {}, body }: Parts) {
  const [method = 'GET', path = ''] = ROUTES[id].route.split(' ');
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const url = new URL(`${base}${filled.slice('/v1'.length)}`);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  return { method, url, body: body === undefined ? undefined : JSON.stringify(body) };
}

/** Sends a request of ours. Throws CliError if nothing answers, with the remedy `gone` if there is one, and Interrupted. */
export async function reach(
  url: URL,
  {
    signal,
    gone = noAnswer(url),
    ...request
  }: RequestInit & { signal: AbortSignal; gone?: BilingualText | undefined },
): Promise<Response> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]);
    // A redirect would carry the token to another server.
    return await fetch(url, { ...request, signal: limit, redirect: 'error' });
  } catch {
    if (signal.aborted) throw new Interrupted();
    throw new CliError(EXIT.later, gone);
  }
}

const noAnswer = ({ origin }: URL): BilingualText => ({
  pl: `Nie ma odpowiedzi od ${origin}. Sprawdź adres i połączenie i spróbuj ponownie; zlecona zmiana mogła zostać wykonana.`,
  en: `${origin} does not answer. Check address and connection, and try again; a change that was asked for may have been made.`,
});

async function contentOf(answer: Response): Promise<object> {
  const text = await answer.text().catch(() => '');
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null ? content : {};
  } catch {
    return {};
  }
}
