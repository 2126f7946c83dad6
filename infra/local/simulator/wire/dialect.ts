import type { OperationName } from './operations.ts';

export interface DecodedCall {
  readonly operation: OperationName;
  /** The request's values, named in camelCase in either dialect. */
  readonly request: object;
}

/** Ways in which one marketplace's service differs from another's, or from itself on another day. */
export interface Variants {
  /** Logins may name their country `countryId`, as Aukro documents. */
  readonly acceptsCountryId: boolean;
  /** Text before the code of a fault, e.g. `SOAP-ENV:`. */
  readonly faultPrefix: string;
  /** Most items in a list that stands directly in a reply; 0 sets no limit. */
  readonly longestList: number;
  /** Every message and structure has one more element, as after a change of the published schema. */
  readonly extraElements: boolean;
  /**
   * Requests are read as an engine without a schema does. SOAPAction is not looked at; in RPC parts may come in any
   * order, those that are missing are null, members of arrays bear any name, and values may stand beside the call.
   */
  readonly lenient: boolean;
}

/** A spelling of the protocol, with its path. The world behind a dialect knows nothing of envelopes. */
export interface Dialect {
  readonly path: string;
  /** Reads a request. Throws `BadRequest` for a request that the WSDL does not allow. */
  decode(xml: string, soapAction: string | undefined, variants?: Partial<Variants>): DecodedCall;
  encodeReply(operation: OperationName, reply: object, variants?: Partial<Variants>): string;
  encodeFault(code: string, text: string, variants?: Partial<Variants>): string;
  /** The WSDL that clients are generated from; `address` is the URL of the service. */
  wsdl(address: string): string;
}
