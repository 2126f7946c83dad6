import type { OperationName } from './operations.ts';

export interface DecodedCall {
  readonly operation: OperationName;
  /** The request's values in camelCase, whatever the dialect's spelling. */
  readonly request: object;
}

/** One spelling of the protocol. The world behind it knows nothing of envelopes. */
export interface Dialect {
  readonly path: string;
  /** Throws `BadRequest` for a request that the WSDL does not allow. */
  decode(xml: string, soapAction: string | undefined): DecodedCall;
  encodeReply(operation: OperationName, reply: object): string;
  encodeFault(code: string, text: string): string;
  /** The description that clients are generated from; `address` is where the service answers. */
  wsdl(address: string): string;
}
