/**
 * Time limits of a request to AWS, in milliseconds; the SDK itself has none. A connection that hangs would hold a worker
 * until its function is ended, with claim and lease. A request that is given up is repeated by the SDK.
 */
export const PATIENCE = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
} as const;
