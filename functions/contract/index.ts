import { ACCOUNTS, SYNC } from './accounts.ts';
import { AUDIT } from './audit.ts';
import { BUYERS } from './buyers.ts';
import { CHANGES } from './changes.ts';
import { HEALTH } from './health.ts';
import { HISTORY } from './history.ts';
import { KEYS } from './keys.ts';
import { OFFERS } from './offers.ts';
import type { Operation } from './operation.ts';
import { ORDERS } from './orders.ts';
import type { ProblemCode } from './problems.ts';
import { mayRepeat, type OperationId, ROUTES, type RouteContract } from './routes.ts';
import { WEBHOOKS } from './webhooks.ts';

/** All operations, in the order of the document. A function imports only the groups that it serves. */
export const OPERATIONS = {
  ...KEYS,
  ...ACCOUNTS,
  ...SYNC,
  ...ORDERS,
  ...BUYERS,
  ...OFFERS,
  ...CHANGES,
  ...HISTORY,
  ...WEBHOOKS,
  ...AUDIT,
  ...HEALTH,
} as const satisfies Readonly<Record<OperationId, Operation>>;

/** The problems that an operation may answer with: its own, and those common to all operations. */
export function problemsOf(id: OperationId): ProblemCode[] {
  const { params, query, body, ifMatch, problems }: Operation = OPERATIONS[id];
  const route: RouteContract = ROUTES[id];
  const isRepeatable = mayRepeat(route);
  const isAsked = isRepeatable || params !== undefined || query !== undefined || body !== undefined;
  const ofInput: ProblemCode[] = isAsked ? ['bad-input'] : [];
  const ofBody: ProblemCode[] = body === undefined ? [] : ['too-large'];
  const ofRepeats: ProblemCode[] = isRepeatable ? ['request-under-way', 'key-reused'] : [];
  const ofChanges: ProblemCode[] = ifMatch === true ? ['changed-meanwhile'] : [];
  const ofClosed: ProblemCode[] = 'scope' in route ? ['unauthenticated', 'forbidden', 'unavailable'] : [];
  const own = [...ofInput, ...ofBody, ...problems, ...ofRepeats, ...ofChanges];
  return [...new Set<ProblemCode>([...own, ...ofClosed, 'internal'])];
}
