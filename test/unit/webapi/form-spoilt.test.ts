import { expect, it } from 'vitest';
import { Secret } from '../../../functions/core/base/secret.ts';
import { orderOfSale } from '../../../functions/core/orders/order-of-sale.ts';
import { batchOf } from '../../support/reads.ts';
import { createWebapi, logInTo } from '../../support/webapi.ts';
import { play } from '../simulator/kit.ts';
import { KEY, SOON, settingsFor } from './support.ts';

const SERVICES = {
  'document-literal': { path: 'service.php', namespace: 'urn:SandboxWebApi' },
  'rpc-encoded': { path: 'uploader.php', namespace: 'urn:AllegroWebApi' },
};

it.each(['document-literal', 'rpc-encoded'] as const)(
  'bad data of the simulated marketplace is read as far as it can be, in %s',
  async (dialect) => {
    const simulator = await play();
    const applicationPassword = new Secret(await simulator.seller('sklep'));
    await simulator.control('POST buyers', { orders: 20 });
    const { path, namespace } = SERVICES[dialect];
    const webapi = createWebapi({ ...settingsFor(`${simulator.url}/${path}`, dialect), namespace });
    const credentials = { login: 'sklep', applicationPassword, integrationKey: KEY };
    const { session: sessionHandle } = await logInTo(webapi, credentials, SOON);
    const { saleIds } = await simulator.control<{ saleIds: string[] }>('POST sales/spoil', {
      kind: null,
      count: 8,
    });
    const spoils = [
      [{ kind: 'negative-price' }, 'negative-price'],
      [{ kind: 'impossible-date' }, 'impossible-date'],
      [{ kind: 'missing-element' }, 'missing-field'],
      [{ kind: 'long-title' }, 'long-text'],
      [{ kind: 'broken-utf8' }, 'broken-text'],
      [{ kind: 'missing-element', element: 'dealFinalPrice' }, 'price-unknown'],
      [{ kind: 'missing-element', element: 'postBuyFormPayStatus' }, undefined],
    ] as const;
    for (const [index, [spoil]] of spoils.entries()) {
      await simulator.control(`POST sales/${saleIds[index]}/spoil`, spoil);
    }
    const { sales, unreadable } = await batchOf(webapi.sales.read(sessionHandle, saleIds, SOON));
    const flagsOf = (id: string | undefined) => {
      const form = sales.find((one) => one.id === id);
      return form === undefined ? 'unreadable' : (orderOfSale(form).flags ?? []);
    };
    for (const [index, [, flag]] of spoils.entries()) {
      if (flag !== undefined) expect(flagsOf(saleIds[index]), flag).toContain(flag);
    }
    expect(unreadable).toEqual([{ id: saleIds[6], why: expect.stringContaining('PayStatus: missing') }]);
    expect(sales.find(({ id }) => id === saleIds[7])).not.toHaveProperty('flags');
  },
);
