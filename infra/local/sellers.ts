import { allPages, type Place, request } from './http-client.ts';

/** The fields of an account in the HTTP API that are used here. */
export interface AccountView {
  readonly accountId: string;
  readonly marketplace: string;
  readonly login: string;
  readonly connection: {
    readonly state: string;
    readonly reason: string | null;
    readonly message: { readonly pl: string; readonly en: string };
  };
  readonly session: { readonly ageSeconds: number; readonly expiresAt: string } | null;
  readonly ordersSince: string | null;
  readonly lastRun: {
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly outcome: string;
    readonly events: number;
    readonly ordersChanged: number;
  } | null;
  readonly nextRunAt: string | null;
}

/** Marketplaces of new sellers, in turns. */
const PLACES = [
  { marketplace: 'allegro', country: 1, name: 'sklep' },
  { marketplace: 'aukro', country: 56, name: 'obchod' },
];

export const listAccounts = (api: Place): Promise<AccountView[]> => allPages(api, '/accounts', 'accounts');

/**
 * Connects sellers with two-step login until there are `wanted` of them: makes each at the simulated
 * marketplace, lets it generate an application password, and hands that to Klamka over HTTP. Sellers of an
 * earlier run stay as they are.
 */
export async function connectSellers(
  places: { api: Place; simulator: string },
  wanted: number,
): Promise<void> {
  const known = await listAccounts(places.api);
  if (known.length >= wanted) return;
  const integrationKeyId = await registerKey(places);
  const missing = Array.from({ length: wanted - known.length }, (_, index) => known.length + index);
  // Adds five at a time, as single sellers would come.
  while (missing.length > 0) {
    const batch = missing.splice(0, 5);
    await Promise.all(batch.map((index) => connectSeller(places, { index, integrationKeyId })));
  }
}

async function registerKey({ api, simulator }: { api: Place; simulator: string }): Promise<string> {
  const { integrationKeys } = await request<{ integrationKeys: { integrationKeyId: string }[] }>(api, {
    path: '/integration-keys',
  });
  const known = integrationKeys[0];
  if (known !== undefined) return known.integrationKeyId;
  const integrationKey = `demo${Math.random().toString(36).slice(2, 8)}`;
  await request(simulator, { method: 'POST', path: '/_sim/keys', body: { key: integrationKey } });
  const body = { label: 'demo', integrationKey };
  const made = await request<{ integrationKeyId: string }>(api, {
    method: 'POST',
    path: '/integration-keys',
    body,
  });
  return made.integrationKeyId;
}

async function connectSeller(
  { simulator, api }: { api: Place; simulator: string },
  seller: { index: number; integrationKeyId: string },
): Promise<void> {
  const place = PLACES[seller.index % PLACES.length] ?? { marketplace: 'allegro', country: 1, name: 'sklep' };
  const login = `${place.name}_${seller.index + 1}`;
  await request(simulator, {
    method: 'POST',
    path: '/_sim/sellers',
    body: { login, country: place.country, twoStep: true },
  });
  const path = `/_sim/sellers/${login}/application-passwords`;
  const { applicationPassword } = await request<{ applicationPassword: string }>(simulator, {
    method: 'POST',
    path,
    body: { name: 'Klamka' },
  });
  await request(api, {
    method: 'POST',
    path: '/accounts',
    body: {
      marketplace: place.marketplace,
      login,
      integrationKeyId: seller.integrationKeyId,
      applicationPassword,
    },
  });
}
