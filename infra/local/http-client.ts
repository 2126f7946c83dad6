/** A server: the address of its calls, and the token for them. */
export interface Place {
  readonly url: string;
  readonly token?: string;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  /** The body: a text is sent unchanged, other values as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is not 2xx. */
export class Unsuccessful extends Error {
  readonly status: number;

  constructor(call: Call, { status, body }: { status: number; body: unknown }) {
    super(`${call.method ?? 'GET'} ${call.path} answered ${status}: ${JSON.stringify(body)}`);
    this.status = status;
  }
}

/** Sends JSON over HTTP on this machine. Throws Unsuccessful. */
export async function request<T>(place: Place | string, call: Call): Promise<T> {
  const answer = await attempt(place, call);
  if (answer.status < 300) return answer.body as T;
  throw new Unsuccessful(call, answer);
}

/** All items of a list of the API, page by page; `name` is the field that holds them. Throws Unsuccessful. */
export async function allPages<Item>(place: Place, path: string, name: string): Promise<Item[]> {
  const all: Item[] = [];
  let more = '';
  for (;;) {
    const page = await request<Readonly<Record<string, unknown>>>(place, {
      path: `${path}?limit=100${more}`,
    });
    all.push(...(page[name] as Item[]));
    if (page.cursor === null) return all;
    more = `&cursor=${page.cursor}`;
  }
}

/** Sends as `request` does, but returns any status. */
export async function attempt(place: Place | string, call: Call): Promise<{ status: number; body: unknown }> {
  const response = await send(place, call);
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

/** The answer, unchecked. */
export function send(
  place: Place | string,
  { method = 'GET', path, body, headers }: Call,
): Promise<Response> {
  const { url, token }: Place = typeof place === 'string' ? { url: place } : place;
  return fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}
