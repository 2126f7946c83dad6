import type { CallKind } from '../core/marketplace/driver.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

/** Fields whose values must never be seen. */
const SECRET_FIELDS = [
  'userPassword',
  'userHashPassword',
  'accessToken',
  'webapiKey',
  'sessionId',
  'sessionHandle',
];

/** The secrets that a request carries. */
export const secretsIn = (request: Readonly<Record<string, unknown>>): string[] =>
  SECRET_FIELDS.map((field) => request[field]).filter((value) => typeof value === 'string');

/** What an operation proves itself with; the meaning of a fault depends on it. */
export type Proof = 'login' | 'key' | 'session';

export function proofOf(operation: OperationName): Proof {
  const { request, response } = OPERATIONS[operation];
  if ('sessionId' in request || 'sessionHandle' in request) return 'session';
  return 'sessionHandlePart' in response ? 'login' : 'key';
}

/** Asked under the lease of a login, which must not wait for long. */
const OF_A_LOGIN: readonly OperationName[] = ['doQuerySysStatus', 'doQueryAllSysStatus', 'doGetUserID'];

/** Which turn a call of the operation waits for. */
export const kindOf = (operation: OperationName): CallKind =>
  proofOf(operation) === 'login' || OF_A_LOGIN.includes(operation) ? 'login' : 'other';

/** Operations that leave a trace at the marketplace, so that a lost reply is a worry. */
const WRITES: readonly OperationName[] = [
  'doChangeQuantityItem',
  'doChangePriceItem',
  'doFinishItems',
  'doAddPackageInfoToPostBuyForm',
];

/** Whether it must stay clear what became of a call: logins count towards a lock, writes write. */
export const isDelicate = (operation: OperationName): boolean =>
  proofOf(operation) === 'login' || WRITES.includes(operation);
