import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { at, element, items, list, type Node, type Play, play } from './kit.ts';

/** Minor units of an amount on the wire; exact enough for the amounts of tests. */
export const minor = (text: string) => Math.round(Number(text) * 100);

/** A seller with a session and orders of buyers. */
export async function withOrders(orders: number, country = 1) {
  const simulator = await play({ seed: 11 });
  await simulator.control('POST sellers', {
    login: 'sklep',
    country,
    twoStep: false,
    accountPassword: 'tajne-haslo',
  });
  const request =
    element('userLogin', 'sklep') +
    element('userPassword', 'tajne-haslo') +
    element('countryCode', country) +
    element('webapiKey', 'k0000test1') +
    element('localVersion', await simulator.versionKey(country));
  const session = at((await simulator.call('doLogin', request)).body, 'sessionHandlePart').text;
  await simulator.control('POST buyers', { orders });
  const truth = await simulator.control<{ orders: TrueOrder[] }>('GET orders?seller=sklep');
  return { simulator, session, orders: truth.orders };
}

export async function readForms(
  simulator: Play,
  session: string,
  saleIds: readonly string[],
): Promise<Node[]> {
  const request = element('sessionId', session) + list('transactionsIdsArray', saleIds);
  const { body } = await simulator.call('doGetPostBuyFormsDataForSellers', request);
  return items(at(body, 'postBuyFormData'));
}

export async function readAllForms(simulator: Play, session: string, orders: readonly TrueOrder[]) {
  const ids = orders
    .filter(({ orderId }) => orderId.startsWith('order:'))
    .map(({ orderId }) => orderId.slice(6));
  const forms = new Map<string, Node>();
  for (let from = 0; from < ids.length; from += 25) {
    for (const form of await readForms(simulator, session, ids.slice(from, from + 25))) {
      forms.set(`order:${at(form, 'postBuyFormId').text}`, form);
    }
  }
  return forms;
}
