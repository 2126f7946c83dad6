import { MarketplaceFault } from '../core/faults/fault.ts';
import type { Turn } from '../core/marketplace/driver.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import { complaintAboutRequest } from './check.ts';
import { Decoder } from './decode.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { faultReason, isKnownCode } from './faults.ts';
import { OPERATIONS, type OperationName, type Request, type Response } from './operations.ts';
import type { WebapiSettings } from './presets.ts';
import { CaptchaPage, readReply, type SoapFault } from './reply.ts';
import type { Fields, Read } from './schema.ts';
import { presentableCode, scrub } from './scrub.ts';
import { createExchange } from './soap.ts';
import { secretsIn, turnKind } from './traits.ts';
import { type Transport, TransportFailure } from './transport.ts';
import { WireError, type XmlElement } from './xml.ts';

/** A call: its request, and the meaning of its reply. */
export interface Call<N extends OperationName, T> {
  readonly operation: N;
  readonly request: Request<N>;
  /** Further texts that must never be shown, besides the secret fields of the request. */
  readonly alsoSecret?: readonly string[];
  readonly understand: (reply: ReplyView<N>) => T;
}

/** The reply, decoded only as far as it is asked for. */
export interface ReplyView<N extends OperationName> {
  readonly all: () => Response<N>;
  /** The named fields of the reply, even if others are broken. */
  readonly some: <const F extends Fields>(fields: F) => Read<F>;
  /** The items of a list one by one, so that a broken one does not spoil the others. */
  readonly items: (field: FieldOf<N>) => XmlElement[];
  readonly decoder: Decoder;
}

type FieldOf<N extends OperationName> = N extends unknown ? keyof Response<N> & string : never;

/** The dependencies of the driver's functions. */
export interface Door {
  readonly settings: WebapiSettings;
  readonly dialect: Dialect;
  readonly call: Caller;
}

export type Caller = <N extends OperationName, T>(call: Call<N, T>, options: CallOptions) => Promise<T>;

/**
 * Makes calls, each after its turn. Every failure is a MarketplaceFault without a trace of the request, or
 * the turn's own error. All calls of the driver go through here; descriptions of operations are kept for all
 * runs.
 */
export function createDoor(settings: WebapiSettings, transport: Transport): (turn: Turn) => Door {
  const dialect = dialectOf(settings);
  const { namespace, endpoint } = settings;
  const exchange = createExchange(transport, { dialect, namespace, endpoint });
  const decoder = new Decoder(dialect);
  const callerOf =
    (turn: Turn): Caller =>
    async ({ operation, request, alsoSecret = [], understand }, options) => {
      refuseUnfit(operation, request, { settings, dialect });
      await turn(turnKind(operation));
      const secrets = [...secretsIn(request), ...alsoSecret];
      try {
        const reply = await exchange(operation, request, options);
        const reading = readReply(reply, dialect.responseElement(operation));
        if ('fault' in reading) throw faultOf(operation, { fault: reading.fault, secrets });
        return understand(viewOf(operation, { response: reading.response, decoder }));
      } catch (error) {
        throw asMarketplaceFault(error, operation);
      }
    };
  return (turn) => ({ settings, dialect, call: callerOf(turn) });
}

/**
 * Refuses an operation that this marketplace lacks, and values that cannot be sent. Throws MarketplaceFault.
 */
function refuseUnfit(
  operation: OperationName,
  request: Readonly<Record<string, unknown>>,
  { settings, dialect }: { settings: WebapiSettings; dialect: Dialect },
): void {
  const refuse = (reason: 'feature-unknown' | 'bad-input', text: string): never => {
    throw new MarketplaceFault({ reason, outcome: 'not-sent', operation, text });
  };
  if (settings.droppedOperations.includes(operation)) refuse('feature-unknown', `gone at ${settings.name}`);
  if (dialect.lacks(operation)) refuse('feature-unknown', `not in the ${dialect.id} dialect`);
  const absent = Object.keys(request).find((name) => request[name] !== undefined && dialect.lacks(name));
  if (absent !== undefined) refuse('bad-input', `${absent}: not in the ${dialect.id} dialect`);
  const complaint = complaintAboutRequest(operation, request, settings);
  if (complaint !== undefined) refuse('bad-input', complaint);
}

function viewOf<N extends OperationName>(
  operation: N,
  { response, decoder }: { response: XmlElement; decoder: Decoder },
): ReplyView<N> {
  return {
    all: () => decoder.fields(OPERATIONS[operation].response, response) as Response<N>,
    some: (fields) => decoder.fields(fields, response),
    items: (field) => decoder.items(response, field),
    decoder,
  };
}

function faultOf(
  operation: OperationName,
  { fault, secrets }: { fault: SoapFault; secrets: readonly string[] },
): MarketplaceFault {
  const { code, text } = fault;
  const known = { isKnown: isKnownCode(operation, code), secrets };
  return new MarketplaceFault({
    reason: faultReason(operation, fault),
    outcome: 'answered',
    operation,
    code: code === undefined ? undefined : presentableCode(code, known),
    text: scrub(text, secrets),
  });
}

/**
 * The fault for an error of a call. Errors that are bugs of ours pass through, because they hold no request
 * either.
 */
function asMarketplaceFault(error: unknown, operation: OperationName): unknown {
  if (error instanceof TransportFailure) {
    const { reason, outcome, message } = error;
    return new MarketplaceFault({ reason, outcome, operation, text: message });
  }
  if (error instanceof WireError) {
    return new MarketplaceFault({
      reason: error instanceof CaptchaPage ? 'address-blocked' : 'no-readable-reply',
      outcome: 'unclear',
      operation,
      text: error.message,
    });
  }
  return error;
}
