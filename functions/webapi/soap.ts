import { Client, type IHttpClient, WSDL } from 'soap';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Dialect } from './dialect.ts';
import type { OperationName, Request } from './operations.ts';
import { type Arguments, spellRequest } from './spell.ts';
import { isDelicate } from './traits.ts';
import type { Reply, Transport } from './transport.ts';
import { renderWsdl } from './wsdl.ts';

/** Sends a call and returns the raw reply. Throws TransportFailure. */
export type Exchange = <N extends OperationName>(
  operation: N,
  request: Request<N>,
  options: CallOptions,
) => Promise<Reply>;

/**
 * Lets the `soap` package write the request and send it through our transport. The package never reads the
 * reply, because its decoder rounds longs and money, trims strings, and mistakes SOAP arrays.
 */
export function createExchange(
  transport: Transport,
  service: { dialect: Dialect; namespace: string; endpoint: string },
): Exchange {
  const wsdls = new Map<OperationName, Promise<WSDL>>();
  // A description per operation: most processes use few operations, and reading each costs time.
  const wsdlOf = (operation: OperationName): Promise<WSDL> => {
    const wsdl =
      wsdls.get(operation) ?? loadWsdl(renderWsdl({ ...service, operations: [operation], lean: true }));
    wsdls.set(operation, wsdl);
    return wsdl;
  };
  return async (operation, request, options) => {
    const call = new OneCall(transport, { ...options, freshConnection: isDelicate(operation) });
    // A new client for each call, because a client remembers its last request.
    const client = new Client(await wsdlOf(operation), service.endpoint, { httpClient: call.httpClient });
    if (service.dialect.id === 'rpc-encoded') client.addBodyAttribute(ENCODED_BODY);
    await invoke(client, operation, spellRequest(operation, { request, dialect: service.dialect }));
    return call.reply();
  };
}

/** Attributes of an RPC/encoded body. `soap` is the package's prefix for the envelope. */
const ENCODED_BODY = {
  'soap:encodingStyle': 'http://schemas.xmlsoap.org/soap/encoding/',
  'xmlns:SOAP-ENC': 'http://schemas.xmlsoap.org/soap/encoding/',
  'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
};

const loadWsdl = (text: string): Promise<WSDL> =>
  new Promise((resolve, reject) => {
    // Escaping is done by us, because the package passes text that looks like a CDATA section unescaped.
    const wsdl = new WSDL(text, '', { escapeXML: false });
    wsdl.onReady((error: unknown) => (error ? reject(error) : resolve(wsdl)));
  });

function invoke(client: Client, operation: string, args: Arguments): Promise<unknown> {
  const method: unknown = client[`${operation}Async`];
  if (typeof method !== 'function') throw new TypeError(`no operation ${operation}`);
  return method(args);
}

/** The HTTP client that `soap` uses for a call; it keeps the reply. */
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
        // An empty document is all that soap reads.
        return done(null, { status: 200, headers: {} }, '');
      },
    };
  }

  reply(): Reply {
    if (this.#reply === undefined) throw new TypeError('soap did not send the request');
    return this.#reply;
  }
}
