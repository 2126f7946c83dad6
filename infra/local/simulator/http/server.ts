import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dialect } from '../wire/dialect.ts';
import { BUYER_ROUTES, type Stage, WORLD_ROUTES } from './control.ts';
import { ACCESS_ROUTES } from './control-access.ts';
import { ACT_ROUTES } from './control-acts.ts';
import { ControlError } from './control-kit.ts';
import { SALE_ROUTES } from './control-sales.ts';
import { type Answer, jsonAnswer, readBody, send, TEXT, XML } from './exchange.ts';
import { answerSoap } from './soap.ts';

const ROUTES = [...WORLD_ROUTES, ...BUYER_ROUTES, ...SALE_ROUTES, ...ACT_ROUTES, ...ACCESS_ROUTES];

export interface Service extends Stage {
  /** The dialects that the service speaks, each at a path of its own. */
  readonly dialects: readonly Dialect[];
  readonly log: (line: string) => void;
  /** Base address of the service, e.g. `http://127.0.0.1:8080`. */
  readonly url: () => string;
  /** Called after anything that may have changed the world. */
  readonly onChange: () => void;
}

/** Handles one HTTP request: a SOAP call, a WSDL, or the control routes under /_sim. */
export async function handle(
  service: Service,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  try {
    const body = await readBody(request);
    const isTooLarge = 'fault' in body && body.fault === 'too-large';
    const text = 'text' in body ? body.text : undefined;
    const answer = isTooLarge ? TOO_LARGE : await answerTo(service, { request, body: text });
    if (answer === undefined) request.socket.destroy();
    else await send(response, answer);
  } catch (error) {
    service.log(`a request failed: ${String(error)}`);
    response.destroy();
  }
}

const TOO_LARGE: Answer = { status: 413, type: TEXT, body: 'The body is too large.\n' };
const NOT_FOUND: Answer = { status: 404, type: TEXT, body: 'Nothing is here.\n' };

async function answerTo(
  service: Service,
  { request, body }: { request: IncomingMessage; body: string | undefined },
): Promise<Answer | undefined> {
  const url = new URL(request.url ?? '/', service.url());
  const dialect = service.dialects.find(({ path }) => path === url.pathname);
  if (dialect !== undefined && request.method === 'POST') {
    const answer = await answerSoap({ ...service, dialect }, { request, body });
    service.onChange();
    return answer;
  }
  if (dialect !== undefined && url.searchParams.has('wsdl')) {
    return { status: 200, type: XML, body: dialect.wsdl(`${service.url()}${dialect.path}`) };
  }
  if (!url.pathname.startsWith('/_sim')) return NOT_FOUND;
  if (body === undefined) return jsonAnswer({ error: 'the body must be UTF-8' }, 400);
  return control(service, { method: request.method, url, body });
}

function control(
  service: Service,
  { method, url, body }: { method: string | undefined; url: URL; body: string },
): Answer {
  for (const route of ROUTES) {
    const match = route.method === method ? route.pattern.exec({ pathname: url.pathname }) : null;
    if (match === null) continue;
    const groups = Object.entries(match.pathname.groups).map(([name, text]) => [
      name,
      decodeURIComponent(text ?? ''),
    ]);
    try {
      const result = route.run({
        stage: service,
        query: url.searchParams,
        params: Object.fromEntries(groups),
        rawBody: body,
      });
      if (method !== 'GET') service.onChange();
      return jsonAnswer(result);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return jsonAnswer({ error: error.message }, error.status);
    }
  }
  return jsonAnswer({ error: `no such control: ${method} ${url.pathname}` }, 404);
}
