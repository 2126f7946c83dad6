import type { Command } from 'commander';
import { askConfirmed } from '../ask.ts';
import { usageError } from '../exit.ts';
import type { Session } from '../session.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup } from './command.ts';
import { onlyOrder } from './order-id.ts';

interface EraseOptions {
  readonly buyer?: string;
  readonly order?: string;
  readonly yes?: boolean;
}

export function buyerCommands(program: Command, session: Session): void {
  const buyers = addGroup(program, 'buyers', 'The data of buyers.');
  addCommand(buyers, 'erase <account>', {
    description: 'Erases the data of a buyer from all stored orders of an account, for good.',
    examples: ['buyers erase sklep_1 --order order:52001', 'buyers erase sklep_1 --buyer 30017324 --yes'],
    options: (command) =>
      command
        .option('--order <order>', 'an order of the buyer')
        .option('--buyer <id>', 'id of the buyer at the marketplace')
        .option('--yes', 'do not ask'),
    action: async (given: string, { buyer, order, yes = false }: EraseOptions) => {
      if ((buyer === undefined) === (order === undefined)) throw eitherOr();
      const params = { accountId: await accountId(session, given) };
      const orderId = order === undefined ? undefined : await onlyOrder(session, { ...params, given: order });
      const text = {
        pl: `Usunąć na zawsze dane kupującego (${buyer ?? orderId}) ze wszystkich zamówień konta ${given}?`,
        en: `Erase the data of the buyer (${buyer ?? orderId}) from all orders of ${given} for good?`,
      };
      await askConfirmed(session.io, { text, flag: '--yes', given: yes }, session.language);
      const body = orderId === undefined ? { buyerId: buyer } : { orderId };
      const answer = await session.call('buyers.erase', { params, body });
      session.show({ json: answer, text: () => `${ERASING[session.language]}\n` });
    },
  });
}

const ERASING = {
  pl: 'Dane są usuwane; zamówienia dostają pole erasedAt.',
  en: 'The data are being erased; each order gets erasedAt.',
};

const eitherOr = () =>
  usageError({
    pl: 'Podaj albo --order, albo --buyer, np. --order order:52001.',
    en: 'Give either --order or --buyer, e.g. --order order:52001.',
  });
