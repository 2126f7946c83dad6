import type { Pace } from './paces.ts';
import type { Scope } from './scopes.ts';

/** Where an operation is found, and who may call it. */
export type RouteContract = {
  /** Method and path, as API Gateway names them. */
  readonly route: `${'GET' | 'POST' | 'PUT' | 'DELETE'} /v1/${string}`;
  /** `usual` by default. */
  readonly pace?: Pace;
} & (
  | { readonly scope: Scope }
  /** Why it asks for no token. */
  | { readonly public: string }
);

/**
 * Every route once, by operation id. Problems of the core name an operation by this id, and each surface writes it as
 * its own readers call it.
 */
export const ROUTES = {
  'keys.list': { route: 'GET /v1/integration-keys', scope: 'accounts:read' },
  'keys.register': { route: 'POST /v1/integration-keys', scope: 'accounts:write' },
  'keys.replace': { route: 'PUT /v1/integration-keys/{keyId}', scope: 'accounts:write' },
  'keys.remove': { route: 'DELETE /v1/integration-keys/{keyId}', scope: 'accounts:write' },

  'accounts.list': { route: 'GET /v1/accounts', scope: 'accounts:read' },
  'accounts.add': { route: 'POST /v1/accounts', scope: 'accounts:write', pace: 'slow' },
  'accounts.show': { route: 'GET /v1/accounts/{accountId}', scope: 'accounts:read' },
  'accounts.remove': { route: 'DELETE /v1/accounts/{accountId}', scope: 'accounts:write' },
  'accounts.replacePassword': {
    route: 'PUT /v1/accounts/{accountId}/application-password',
    scope: 'accounts:write',
    pace: 'slow',
  },
  'accounts.resendPassword': {
    route: 'POST /v1/accounts/{accountId}/application-password/resend',
    scope: 'accounts:write',
    pace: 'slow',
  },
  'accounts.unlocked': {
    route: 'POST /v1/accounts/{accountId}/unlocked',
    scope: 'accounts:write',
    pace: 'slow',
  },
  'accounts.pause': { route: 'POST /v1/accounts/{accountId}/pause', scope: 'accounts:write' },
  'accounts.resume': { route: 'POST /v1/accounts/{accountId}/resume', scope: 'accounts:write' },
  'accounts.logins': { route: 'GET /v1/accounts/{accountId}/logins', scope: 'operations' },

  'sync.show': { route: 'GET /v1/accounts/{accountId}/sync', scope: 'accounts:read' },
  'sync.start': { route: 'POST /v1/accounts/{accountId}/sync', scope: 'operations' },
  'orders.repair': {
    route: 'POST /v1/accounts/{accountId}/orders/{orderId}/repair',
    scope: 'operations',
    pace: 'slow',
  },
  'orders.dismiss': { route: 'POST /v1/accounts/{accountId}/orders/{orderId}/dismiss', scope: 'operations' },

  'orders.list': { route: 'GET /v1/accounts/{accountId}/orders', scope: 'orders:read' },
  'orders.show': { route: 'GET /v1/accounts/{accountId}/orders/{orderId}', scope: 'orders:read' },

  'buyers.erase': { route: 'POST /v1/accounts/{accountId}/buyers/erase', scope: 'operations' },

  'offers.list': { route: 'GET /v1/accounts/{accountId}/offers', scope: 'orders:read' },
  'offers.show': { route: 'GET /v1/accounts/{accountId}/offers/{offerId}', scope: 'orders:read' },

  'changes.list': { route: 'GET /v1/changes', scope: 'orders:read' },
  'changes.listOfAccount': { route: 'GET /v1/accounts/{accountId}/changes', scope: 'orders:read' },
  'orders.resend': { route: 'POST /v1/accounts/{accountId}/orders/resend', scope: 'orders:write' },
  'consumers.list': { route: 'GET /v1/accounts/{accountId}/consumers', scope: 'orders:read' },
  'consumers.show': { route: 'GET /v1/accounts/{accountId}/consumers/{name}', scope: 'orders:read' },
  'consumers.acknowledge': {
    route: 'PUT /v1/accounts/{accountId}/consumers/{name}/position',
    scope: 'orders:write',
  },

  'completeness.show': { route: 'GET /v1/accounts/{accountId}/completeness', scope: 'orders:read' },
  'completeness.check': {
    route: 'POST /v1/accounts/{accountId}/completeness',
    scope: 'operations',
    pace: 'slow',
  },
  'imports.list': { route: 'GET /v1/accounts/{accountId}/imports', scope: 'orders:read' },
  'imports.start': { route: 'POST /v1/accounts/{accountId}/imports', scope: 'orders:write', pace: 'slow' },
  'imports.show': { route: 'GET /v1/accounts/{accountId}/imports/{importId}', scope: 'orders:read' },

  'webhooks.list': { route: 'GET /v1/webhooks', scope: 'orders:read' },
  'webhooks.register': { route: 'POST /v1/webhooks', scope: 'orders:write', pace: 'slow' },
  'webhooks.show': { route: 'GET /v1/webhooks/{webhookId}', scope: 'orders:read' },
  'webhooks.remove': { route: 'DELETE /v1/webhooks/{webhookId}', scope: 'orders:write' },
  'webhooks.rotateSecret': { route: 'POST /v1/webhooks/{webhookId}/secret', scope: 'orders:write' },
  'webhooks.test': { route: 'POST /v1/webhooks/{webhookId}/test', scope: 'orders:write', pace: 'slow' },
  'webhooks.resume': { route: 'POST /v1/webhooks/{webhookId}/resume', scope: 'orders:write' },
  'webhooks.deadLetters': { route: 'GET /v1/webhooks/{webhookId}/dead-letters', scope: 'orders:read' },
  'webhooks.replay': { route: 'POST /v1/webhooks/{webhookId}/dead-letters/replay', scope: 'orders:write' },

  'audit.list': { route: 'GET /v1/audit', scope: 'accounts:read' },

  'health.show': {
    route: 'GET /v1/health',
    public: 'Monitors ask without a token; the answer tells nothing but that the API is up.',
  },
  'document.show': {
    route: 'GET /v1/openapi.json',
    public: 'A developer reads it before there is a token; it is the same for everybody.',
  },
} as const satisfies Readonly<Record<string, RouteContract>>;

export type OperationId = keyof typeof ROUTES;

/** Whether an operation changes something or has work done, so that the audit log has to name its caller. */
export const isChange = (id: OperationId): boolean => !ROUTES[id].route.startsWith('GET ');

/** Whether a repetition would do something again, so that the client may name the request by an `Idempotency-Key`. */
export const mayRepeat = ({ route }: Pick<RouteContract, 'route'>): boolean => route.startsWith('POST ');
