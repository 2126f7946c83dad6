import type { CallKind } from '../core/marketplace/driver.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

/** Fields whose values must never be shown. */
const SECRET_FIELDS = [
  'userPassword',
  'userHashPassword',
  'accessToken',
  'webapiKey',
  'sessionId',
  'sessionHandle',
];

/** The secrets in a request. */
export const secretsIn = (request: Readonly<Record<string, unknown>>): string[] =>
  SECRET_FIELDS.map((field) => request[field]).filter((value) => typeof value === 'string');

/** The proof that an operation sends, on which the meaning of a fault depends. */
export type Proof = 'login' | 'key' | 'session';

export function proofOf(operation: OperationName): Proof {
  const { request, response } = OPERATIONS[operation];
  if ('sessionId' in request || 'sessionHandle' in request) return 'session';
  return 'sessionHandlePart' in response ? 'login' : 'key';
}

/** Operations under the lease of a login, which must not wait for long. */
const OF_A_LOGIN: readonly OperationName[] = ['doQuerySysStatus', 'doQueryAllSysStatus', 'doGetUserID'];

/** The kind of turn that a call of the operation waits for. */
export const turnKind = (operation: OperationName): CallKind =>
  proofOf(operation) === 'login' || OF_A_LOGIN.includes(operation) ? 'login' : 'other';

/** Operations that change something at the marketplace, so that a lost reply leaves doubt. */
const WRITES: readonly OperationName[] = [
  'doChangeQuantityItem',
  'doChangePriceItem',
  'doFinishItems',
  'doAddPackageInfoToPostBuyForm',
];

/** Whether the outcome of a call has to be known: logins count towards a lock, and writes change data. */
export const isDelicate = (operation: OperationName): boolean =>
  proofOf(operation) === 'login' || WRITES.includes(operation);
