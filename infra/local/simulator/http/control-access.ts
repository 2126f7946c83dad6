import { z } from 'zod';
import { COUNTRIES } from '../world/countries.ts';
import { KEY_STATES } from '../world/keys.ts';
import {
  addAccessToken,
  addApplicationPassword,
  makeSeller,
  normalised,
  type Seller,
  unlock,
} from '../world/sellers.ts';
import type { World } from '../world/world.ts';
import type { Stage } from './control.ts';
import { ControlError, type Route, route, sellerOf } from './control-kit.ts';

const FIRST_SELLER_ID = 10_000_001;
const LARGEST_INT = 2 ** 31 - 1;

const newSeller = z.strictObject({
  login: z.string().trim().min(1).max(16),
  email: z.email().optional(),
  country: z.int().refine((id) => COUNTRIES.has(id), `must be one of ${[...COUNTRIES.keys()].join(', ')}`),
  twoStep: z.boolean(),
  accountPassword: z.string().min(6).max(64).optional(),
  userId: z.coerce.number().int().min(1).max(LARGEST_INT).optional(),
});

/** Routes for sellers, for what the owner of an account does on the website, and for WebAPI keys. */
export const ACCESS_ROUTES: readonly Route<Stage>[] = [
  route('GET /_sim/sellers', ({ stage: { world } }) => ({
    sellers: [...world.sellers.values()].map(shown),
  })),
  route('POST /_sim/sellers', ({ stage: { world }, body }) => addSeller(world, body), { body: newSeller }),
  route(
    'POST /_sim/sellers/:login/application-passwords',
    ({ stage: { world }, params, body: { name } }) => {
      const seller = named(world, params);
      if (seller.applicationPasswords.some((one) => one.name === name)) {
        throw new ControlError(
          409,
          `${seller.login} has an application password named ${name}; delete it first`,
        );
      }
      return { name, applicationPassword: addApplicationPassword(seller, name) };
    },
    { body: z.strictObject({ name: z.string().min(1).max(100) }) },
  ),
  route('DELETE /_sim/sellers/:login/application-passwords/:name', ({ stage: { world }, params }) => {
    const { applicationPasswords } = named(world, params);
    const index = applicationPasswords.findIndex((one) => one.name === params.name);
    if (index < 0) throw new ControlError(404, 'no application password has that name');
    applicationPasswords.splice(index, 1);
    return {};
  }),
  route('POST /_sim/sellers/:login/access-tokens', ({ stage: { world }, params }) => ({
    accessToken: addAccessToken(named(world, params)),
  })),
  route('POST /_sim/sellers/:login/unlock', ({ stage: { world }, params }) => {
    const seller = named(world, params);
    unlock(seller);
    return shown(seller);
  }),
  route(
    'POST /_sim/sellers/:login/refuse',
    ({ stage: { world }, params, body: { code } }) => {
      const seller = named(world, params);
      if (code === null) delete seller.refusal;
      else seller.refusal = code;
      return shown(seller);
    },
    { body: z.strictObject({ code: z.string().min(1).max(100).nullable() }) },
  ),
  route('POST /_sim/sellers/:login/kill-sessions', ({ stage: { world }, params }) => ({
    killed: world.sessions.kill(named(world, params).id),
  })),
  route(
    'POST /_sim/sellers/:login/two-step',
    ({ stage: { world }, params, body: { on } }) => {
      const seller = named(world, params);
      seller.twoStep = on;
      return shown(seller);
    },
    { body: z.strictObject({ on: z.boolean() }) },
  ),
  route(
    'POST /_sim/keys',
    ({ stage: { world }, body: { key } }) => {
      world.keys.add(key);
      return {};
    },
    { body: z.strictObject({ key: z.string().min(1).max(100) }) },
  ),
  route(
    'POST /_sim/keys/:key/state',
    ({ stage: { world }, params, body: { state } }) => {
      if (!world.keys.setState(params.key ?? '', state)) throw new ControlError(404, 'no such WebAPI key');
      return { state };
    },
    { body: z.strictObject({ state: z.enum(KEY_STATES) }) },
  ),
  route('POST /_sim/version-keys/change', ({ stage: { world } }) => {
    world.keys.changeVersions();
    return {};
  }),
];

function addSeller(world: World, { login, country, userId, ...rest }: z.infer<typeof newSeller>) {
  const sellers = [...world.sellers.values()];
  const id = userId ?? sellers.reduce((next, seller) => Math.max(next, seller.id + 1), FIRST_SELLER_ID);
  const isTaken = [login, rest.email].some((name) => name !== undefined && world.sellerNamed(name));
  if (isTaken || sellers.some((seller) => seller.id === id)) {
    throw new ControlError(409, 'a seller with that login, e-mail address or userId is there already');
  }
  const seller = makeSeller({ login, id, countryId: country, ...rest });
  world.sellers.set(normalised(login), seller);
  return shown(seller);
}

/** The seller whom the address names. Throws `ControlError` 404. */
const named = (world: World, { login = '' }: Readonly<Record<string, string>>): Seller =>
  sellerOf(world, login);

/** A seller as shown to scripts: names of passwords, never their hashes. */
const shown = (seller: Seller) => ({
  login: seller.login,
  userId: String(seller.id),
  country: seller.countryId,
  twoStep: seller.twoStep,
  locked: seller.locked,
  refusal: seller.refusal ?? null,
  applicationPasswords: seller.applicationPasswords.map(({ name }) => name),
});
