import { Client, type IHttpClient, WSDL } from 'soap';
import type { CallOptions } from '../core/marketplace.ts';
import type { Dialect } from './dialect.ts';
import { OPERATIONS, type OperationName, proofOf, type Request } from './operations.ts';
import { type Fields, fieldType, isScalar } from './schema.ts';
import { STRUCTS, type StructName } from './structs.ts';
import type { Reply, Transport } from './transport.ts';
import { renderWsdl } from './wsdl.ts';
import { escapeXml } from './xml.ts';

type Arguments = Readonly<Record<string, unknown>>;

/** Sends one call and gives back the raw reply. Throws TransportFailure. */
export type Exchange = <N extends OperationName>(
  operation: N,
  request: Request<N>,
  options: CallOptions,
) => Promise<Reply>;

/**
 * Lets the `soap` package write the request and dispatch it through our transport. It never sees the
 * reply: its decoder rounds longs and money, and trims strings.
 */
export function createExchange(
  transport: Transport,
  service: { dialect: Dialect; namespace: string; endpoint: string },
): Exchange {
  let wsdl: Promise<WSDL> | undefined;
  return async (operation, request, options) => {
    wsdl ??= loadWsdl(renderWsdl({ ...service, replies: false }));
    const call = new OneCall(transport, { ...options, freshConnection: proofOf(operation) === 'password' });
    // A client of its own for each call, because a client remembers its last request.
    const client = new Client(await wsdl, service.endpoint, { httpClient: call.httpClient });
    const fields = OPERATIONS[operation].request;
    await invoke(client, operation, spell(fields, { value: request, dialect: service.dialect }));
    return call.reply();
  };
}

const loadWsdl = (text: string): Promise<WSDL> =>
  new Promise((resolve, reject) => {
    // Escaping is ours: the package lets text through that looks like a CDATA section.
    const wsdl = new WSDL(text, '', { escapeXML: false });
    wsdl.onReady((error: unknown) => (error ? reject(error) : resolve(wsdl)));
  });

function invoke(client: Client, operation: string, args: Arguments): Promise<unknown> {
  const method: unknown = client[`${operation}Async`];
  if (typeof method !== 'function') throw new TypeError(`no operation ${operation}`);
  return method(args);
}

/** Wire names in the order of the table, escaped text, lists in their wrapper. */
function spell(fields: Fields, { value, dialect }: { value: Arguments; dialect: Dialect }): Arguments {
  const spelt: Record<string, unknown> = {};
  for (const [name, word] of Object.entries(fields)) {
    const content = value[name];
    if (content === undefined) continue;
    const { base } = fieldType(word);
    const single = (item: unknown) =>
      isScalar(base)
        ? escapeXml(String(item))
        : spell(STRUCTS[base as StructName], { value: item as Arguments, dialect });
    spelt[dialect.field(name)] = Array.isArray(content) ? { item: content.map(single) } : single(content);
  }
  return spelt;
}

/** The HTTP client that `soap` is given for one call; it keeps the reply for us. */
class OneCall {
  readonly httpClient: IHttpClient;
  #reply: Reply | undefined;

  constructor(transport: Transport, options: CallOptions & { freshConnection: boolean }) {
    this.httpClient = {
      request: async (url, body, done, headers) => {
        try {
          this.#reply = await transport({ url, body, headers: headers ?? {}, ...options });
        } catch (failure) {
          return done(failure);
        }
        // An empty document is all that soap gets to read.
        return done(null, { status: 200, headers: {} }, '');
      },
    };
  }

  reply(): Reply {
    if (this.#reply === undefined) throw new TypeError('soap did not send the request');
    return this.#reply;
  }
}
