/** Put in by the bundler, which builds it from the contract; absent where nothing was bundled. */
declare const OPENAPI_DOCUMENT: string;

/** The OpenAPI document of this API. */
export const apiDocument = (): { openapi: string } => JSON.parse(OPENAPI_DOCUMENT);
