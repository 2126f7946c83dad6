import { optionalSetting } from './settings.ts';

/** The document, which the bundler builds from the contract and inserts; undefined in code that was not bundled. */
declare const OPENAPI_DOCUMENT: string;

/** The OpenAPI document of this API, which names the API's own address where it has one. */
export const apiDocument = (): { openapi: string; servers: object[] } => ({
  ...(JSON.parse(OPENAPI_DOCUMENT) as { openapi: string }),
  servers: [{ url: optionalSetting('PUBLIC_URL') ?? '/' }],
});
