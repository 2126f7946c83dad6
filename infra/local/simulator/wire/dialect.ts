import type { OperationName } from './operations.ts';

export interface DecodedCall {
  readonly operation: OperationName;
  /** The request's values in camelCase, whatever the dialect's spelling. */
  readonly request: object;
}

/** Ways in which one service differs from another, or from itself on another day. */
export interface Variants {
  /** Logins may call their country `countryId`, as Aukro documents it. */
  readonly acceptsCountryId: boolean;
  /** Stands before the code of a fault, e.g. `SOAP-ENV:`. */
  readonly faultPrefix: string;
  /** Lists directly in a reply end after so many items; 0 does not limit them. */
  readonly longestList: number;
  /** Every message and structure has one more element, as after a change of the schema. */
  readonly extraElements: boolean;
  /**
   * Requests are read as an engine without a schema does. SOAPAction is not looked at; in RPC parts may come in any
   * order, those that are missing are null, members of arrays bear any name, and values may stand beside the call.
   */
  readonly lenient: boolean;
}

/** One spelling of the protocol. The world behind it knows nothing of envelopes. */
export interface Dialect {
  readonly path: string;
  /** Throws `BadRequest` for a request that the WSDL does not allow. */
  decode(xml: string, soapAction: string | undefined, variants?: Partial<Variants>): DecodedCall;
  encodeReply(operation: OperationName, reply: object, variants?: Partial<Variants>): string;
  encodeFault(code: string, text: string, variants?: Partial<Variants>): string;
  /** The description that clients are generated from; `address` is where the service answers. */
  wsdl(address: string): string;
}
