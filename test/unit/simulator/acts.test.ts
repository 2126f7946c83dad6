import { describe, expect, it } from 'vitest';
import { play } from './kit.ts';

type Simulator = Awaited<ReturnType<typeof play>>;
interface Order {
  readonly orderId: string;
  readonly state: string;
  readonly live: boolean;
}

const orders = async (simulator: Simulator): Promise<Record<string, string>> => {
  const { orders: all } = await simulator.control<{ orders: Order[] }>('GET orders');
  return Object.fromEntries(
    all.map(({ orderId, state, live }) => [orderId, `${state}${live ? '' : ' (over)'}`]),
  );
};

async function bought(simulator: Simulator): Promise<{ purchaseId: string; orderId: string }> {
  return await simulator.control('POST purchases', { seller: 'sklep' });
}

const filled = (simulator: Simulator, purchaseId: string, more: object = {}) =>
  simulator.control<{ saleId: string; orderId: string }>('POST sales', { purchaseId, ...more });

describe('a single buyer on request', () => {
  it('buys, fills, pays and gets the money back, one step at a time', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    const { purchaseId, orderId } = await bought(simulator);
    expect(await orders(simulator)).toEqual({ [orderId]: 'awaiting-details' });
    const sale = await filled(simulator, purchaseId);
    const act = async (name: string) => {
      await simulator.control(`POST sales/${sale.saleId}/${name}`, {});
      return (await orders(simulator))[sale.orderId];
    };
    expect(await orders(simulator)).toEqual({ [sale.orderId]: 'awaiting-payment' });
    expect(await act('pay')).toBe('paid');
    expect(await act('withdraw')).toBe('payment-withdrawn');
  });

  it('cancels, or is rejected by the payment, and may fill again', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    const { purchaseId, orderId } = await bought(simulator);
    for (const act of ['cancel', 'reject']) {
      const sale = await filled(simulator, purchaseId);
      await simulator.control(`POST sales/${sale.saleId}/${act}`, {});
      expect(await orders(simulator)).toMatchObject({
        [sale.orderId]: 'released (over)',
        [orderId]: 'awaiting-details',
      });
    }
    const sale = await filled(simulator, purchaseId, { payBy: 'cash-on-delivery' });
    expect((await orders(simulator))[sale.orderId]).toBe('ready-to-ship');
  });

  it('does nothing that cannot happen, with a reason', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    const { purchaseId } = await bought(simulator);
    const { saleId } = await filled(simulator, purchaseId);
    await expect(filled(simulator, purchaseId)).rejects.toThrow(/409.*holds purchase/);
    await expect(filled(simulator, '1')).rejects.toThrow(/404.*no purchase/);
    await expect(
      bought({ ...simulator, control: (name) => simulator.control(name, { seller: 'nobody' }) }),
    ).rejects.toThrow(/404.*nobody/);
    const act = (name: string, id = saleId) => simulator.control(`POST sales/${id}/${name}`, {});
    await expect(act('withdraw')).rejects.toThrow(/409.*not paid/);
    await expect(act('pay', '1')).rejects.toThrow(/404.*no sale/);
    await act('pay');
    await expect(act('pay')).rejects.toThrow(/409.*no payment/);
    await expect(act('cancel')).rejects.toThrow(/409.*is paid/);
  });

  it('leaves alone what a buyer of the crowd is not done with', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    await simulator.control('POST buyers', { orders: 20, pace: 'live', stepsPerSecond: 0.001 });
    for (let step = 0; step < 40; step += 1) {
      await simulator.control('POST buyers/step', { steps: 1 });
      for (const id of Object.keys(await orders(simulator))) {
        const [kind, number = ''] = id.split(':');
        const tried =
          kind === 'purchase'
            ? filled(simulator, number)
            : simulator.control(`POST sales/${number}/cancel`, {});
        // Lives that are over may be changed; the others must be able to go on.
        await tried.catch((error: unknown) => expect(String(error)).toMatch(/409/));
      }
    }
    expect(await simulator.control('POST buyers/finish')).toEqual({ pendingSteps: 0 });
  });
});
