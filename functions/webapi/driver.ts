import type { Driver, DriverCache, DriverRun, Turn } from '../core/marketplace/driver.ts';
import type { Marketplace } from '../core/marketplace/marketplace.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import { createDoor } from './caller.ts';
import { type AddressDoor, createCountries } from './countries.ts';
import { saleEvents } from './dealevents.ts';
import { readForms } from './formbatch.ts';
import { journalOf } from './journal.ts';
import { saleLists, salePage } from './lists.ts';
import { fetchVersionKey, sellerId, sendLogin } from './login.ts';
import { offerPage } from './offerevents.ts';
import { offersIn } from './offers.ts';
import type { OperationName, Request, Response } from './operations.ts';
import type { WebapiSettings } from './presets.ts';
import { buyers, countSaleEvents, unpaid } from './sales.ts';
import { createTransport, type Transport } from './transport.ts';
import { versionedLogins } from './versionkeys.ts';

/** Every operation of the marketplace, typed, for uses beyond the port. */
export interface Operations {
  readonly settings: WebapiSettings;
  /**
   * Calls an operation. Ids and amounts are texts; a list that is empty, missing or nil is []. Throws
   * MarketplaceFault.
   */
  call<N extends OperationName>(
    operation: N,
    request: Request<N>,
    options: CallOptions,
  ): Promise<Response<N>>;
}

interface Extras {
  readonly transport?: Transport;
  /** Milliseconds of any clock; only differences are used. */
  readonly clock?: () => number;
}

export interface WebapiDriver extends Driver {
  open(run: DriverRun): Required<Marketplace>;
}

/** The SOAP WebAPI as a driver, one per marketplace and process, because it keeps its connections. */
export function webapiDriver(
  settings: WebapiSettings,
  { transport = createTransport(), clock = Date.now }: Extras = {},
): WebapiDriver {
  const doorOf = createDoor(settings, transport);
  const countriesOf = createCountries(clock);
  return {
    settings,
    open: ({ turn, readKey, cache }) => {
      const door = doorOf(turn);
      return marketplaceBehind({ ...door, countries: countriesOf(door, readKey) }, cache);
    },
  };
}

function marketplaceBehind(door: AddressDoor, cache: DriverCache): Required<Marketplace> {
  return {
    settings: door.settings,
    access: {
      ...versionedLogins(
        {
          versionKey: (webapiKey, options) => fetchVersionKey(door, webapiKey, options),
          logIn: (credentials, options) => sendLogin(door, credentials, options),
        },
        cache,
      ),
      sellerId: (query, options) => sellerId(door, query, options),
    },
    sales: {
      ...journalOf(
        {
          saleEvents: (handle, after, options) => saleEvents(door, { handle, after }, options),
          countSaleEvents: (handle, after, options) => countSaleEvents(door, { handle, after }, options),
        },
        door.settings,
      ),
      read: (handle, ids, options) => readForms(door, { handle, ids }, options),
    },
    openPurchases: {
      unpaid: (handle, purchase, options) => unpaid(door, { handle, ...purchase }, options),
      buyers: (handle, query, options) => buyers(door, { handle, ...query }, options),
    },
    lists: {
      saleLists: saleLists(door),
      salePage: (handle, query, options) => salePage(door, { ...query, handle }, options),
    },
    offers: {
      offerEvents: (handle, after, options) => offerPage(door, { handle, after }, options),
      offersIn: (handle, query, options) => offersIn(door, { handle, query }, options),
    },
  };
}

/** The SOAP WebAPI operation by operation, each call after its turn. */
export function webapiOperations(
  settings: WebapiSettings,
  { turn, transport = createTransport() }: Pick<Extras, 'transport'> & { turn: Turn },
): Operations {
  const door = createDoor(settings, transport)(turn);
  return {
    settings,
    call: (operation, request, options) =>
      door.call({ operation, request, understand: (reply) => reply.all() }, options),
  };
}
