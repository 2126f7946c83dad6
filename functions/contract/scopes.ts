/** Permissions that a token can have; a route requires one of them. */
export const SCOPES = {
  'accounts:read': 'Read accounts and integration keys: state, freshness, what to do.',
  'accounts:write': 'Add, change, unlock, pause and remove accounts and integration keys.',
  'orders:read': 'Read orders, offers, the feed, completeness, imports and webhooks.',
  'orders:write': 'Acknowledge changes, have orders sent again or imported, register webhooks.',
  operations: 'Operate the synchronisation: run it now, repair orders, erase buyers, read the login log.',
} as const;

export type Scope = keyof typeof SCOPES;

export const ALL_SCOPES = Object.keys(SCOPES) as readonly Scope[];

/** The most that a client may do, by its role in our table; a token can only reduce it. */
export const ROLES = {
  administrator: ALL_SCOPES,
  integration: ['accounts:read', 'accounts:write', 'orders:read', 'orders:write'],
  reader: ['accounts:read', 'orders:read'],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

export type Role = keyof typeof ROLES;

export const isScope = (text: string): text is Scope => Object.hasOwn(SCOPES, text);
