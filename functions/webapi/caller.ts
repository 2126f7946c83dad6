import { MarketplaceFault } from '../core/faults.ts';
import type { CallOptions, MarketplaceSettings } from '../core/marketplace.ts';
import { Decoder } from './decode.ts';
import { DOCUMENT_LITERAL } from './dialect.ts';
import { reasonOf } from './faults.ts';
import { OPERATIONS, type OperationName, type Request, type Response } from './operations.ts';
import { readReply, type SoapFault } from './reply.ts';
import { scrub } from './scrub.ts';
import { createExchange } from './soap.ts';
import { type Transport, TransportFailure } from './transport.ts';
import { WireError, type XmlElement } from './xml.ts';

/** One call: what goes out, what of it must never be seen, and what the reply means. */
export interface Call<N extends OperationName, T> {
  readonly operation: N;
  readonly request: Request<N>;
  readonly secrets: readonly string[];
  readonly understand: (reply: ReplyView<N>) => T;
}

/** The reply, read only as far as it is asked for. */
export interface ReplyView<N extends OperationName> {
  readonly all: () => Response<N>;
  /** The items of a list one by one, so that a broken one does not spoil the others. */
  readonly items: (field: keyof Response<N> & string) => XmlElement[];
  readonly decoder: Decoder;
}

/** What the functions of the driver need. */
export interface Door {
  readonly settings: MarketplaceSettings;
  readonly call: Caller;
}

export type Caller = <N extends OperationName, T>(call: Call<N, T>, options: CallOptions) => Promise<T>;

/** Makes calls whose every failure is a MarketplaceFault without a trace of the request. */
export function createCaller(settings: MarketplaceSettings, transport: Transport): Caller {
  const dialect = DOCUMENT_LITERAL;
  const exchange = createExchange(transport, { ...settings, dialect });
  const decoder = new Decoder(dialect);
  return async (call, options) => {
    const { operation, request, secrets, understand } = call;
    try {
      const reply = await exchange(operation, request, options);
      const reading = readReply(reply, dialect.responseElement(operation));
      if ('fault' in reading) throw faultOf(operation, { fault: reading.fault, secrets });
      return understand(viewOf(operation, { response: reading.response, decoder }));
    } catch (error) {
      throw asMarketplaceFault(error, operation);
    }
  };
}

function viewOf<N extends OperationName>(
  operation: N,
  { response, decoder }: { response: XmlElement; decoder: Decoder },
): ReplyView<N> {
  return {
    all: () => decoder.fields(OPERATIONS[operation].response, response) as Response<N>,
    items: (field) => decoder.items(response, field),
    decoder,
  };
}

const MAX_CODE = 80;

function faultOf(
  operation: OperationName,
  { fault, secrets }: { fault: SoapFault; secrets: readonly string[] },
): MarketplaceFault {
  return new MarketplaceFault({
    reason: reasonOf(operation, fault.code),
    outcome: 'answered',
    operation,
    code: fault.code === undefined ? undefined : scrub(fault.code, secrets).slice(0, MAX_CODE),
    text: scrub(fault.text, secrets),
  });
}

/** Errors that are bugs of ours pass through, for they never hold a request either. */
function asMarketplaceFault(error: unknown, operation: OperationName): unknown {
  if (error instanceof TransportFailure) {
    const { reason, outcome, message } = error;
    return new MarketplaceFault({ reason, outcome, operation, text: message });
  }
  if (error instanceof WireError) {
    return new MarketplaceFault({
      reason: 'no-readable-reply',
      outcome: 'unclear',
      operation,
      text: error.message,
    });
  }
  return error;
}
