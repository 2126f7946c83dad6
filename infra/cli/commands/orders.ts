import type { Command } from 'commander';
import type { AnswerOf } from '../api/contract.ts';
import { usageError } from '../exit.ts';
import type { Session } from '../session.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup, type LimitOptions, moment, mostOf, noteRest, withLimit } from './command.ts';
import { storedIds, withOrder, withStoredOrder } from './order-id.ts';
import { orderFacts, orderTable } from './order-views.ts';

export function orderCommands(program: Command, session: Session): void {
  const orders = addGroup(program, 'orders', 'Orders as they are stored.');
  addCommand(orders, 'list <account>', {
    description: 'Lists orders.',
    examples: ['orders list sklep_1', ['orders list sklep_1 --all --json', 'all of them, for a program']],
    options: withLimit,
    action: async (given: string, options: LimitOptions) => {
      const params = { accountId: await accountId(session, given) };
      const of = (answer: AnswerOf<'orders.list'>) => answer.orders;
      const { entries, rest } = await session.pages('orders.list', { params }, { of, most: mostOf(options) });
      session.show({ json: { orders: entries }, text: () => orderTable(session, entries) });
      noteRest(session, rest);
    },
  });
  addCommand(orders, 'show <account> <order>', {
    description: 'Shows an order with its lines.',
    examples: [
      'orders show sklep_1 order:52001',
      ['orders show sklep_1 52001', 'the number that the marketplace shows'],
    ],
    action: async (given: string, named: string) => {
      const account = await accountId(session, given);
      const order = await withOrder(named, (orderId) =>
        session.call('orders.show', { params: { accountId: account, orderId } }),
      );
      session.show({ json: order, text: () => orderFacts(session, order) });
    },
  });
  addCommand(program, 'repair <account> <order>', {
    description: 'Reads an order again now.',
    examples: ['repair sklep_1 order:52001'],
    action: async (given: string, named: string) => {
      const account = await accountId(session, given);
      const answer = await withStoredOrder(session, { accountId: account, given: named }, (orderId) =>
        session.call('orders.repair', { params: { accountId: account, orderId } }),
      );
      session.show({ json: answer, text: () => `${answer.orderId}: ${session.said(READING)}\n` });
    },
  });
  addCommand(program, 'dismiss <account> <order>', {
    description: 'Stops showing and trying an order, or an event (event:ID), that was quarantined.',
    examples: ['dismiss sklep_1 order:52001'],
    action: async (given: string, named: string) => {
      const account = await accountId(session, given);
      const answer = await withOrder(named, (orderId) =>
        session.call('orders.dismiss', { params: { accountId: account, orderId } }),
      );
      session.show({ json: answer, text: () => `${answer.orderId}: ${session.said(DISMISSED)}\n` });
    },
  });
  addCommand(program, 'resend <account> [orders...]', {
    description: 'Puts orders into the feed again: those that are named, or those that changed in a period.',
    examples: [
      'resend sklep_1 order:52001 order:52002',
      'resend sklep_1 --from 2026-11-20T00:00:00+01:00 --to 2026-11-21T00:00:00+01:00',
    ],
    options: (command) =>
      command
        .option('--from <time>', 'begin of the period, with offset', moment)
        .option('--to <time>', 'end of the period, not included', moment),
    action: async (given: string, named: string[], { from, to }: { from?: string; to?: string }) => {
      if (named.length === 0 && (from === undefined || to === undefined)) throw eitherOr();
      const params = { accountId: await accountId(session, given) };
      const period = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      const ids: string[] = [];
      const sent = { resent: 0, unknown: [] as string[] };
      for (const one of named) {
        const [stored] = await storedIds(session, { ...params, given: one });
        if (stored === undefined) sent.unknown.push(one);
        else ids.push(stored);
      }
      // A call sends some hundred orders of a period; its cursor names the rest.
      for (let cursor: string | null = null; named.length === 0 || ids.length > 0; ) {
        const body = { ...(ids.length > 0 && { ids }), ...period, ...(cursor !== null && { cursor }) };
        const answer: AnswerOf<'orders.resend'> = await session.call('orders.resend', { params, body });
        sent.resent += answer.resent;
        sent.unknown.push(...answer.unknown);
        ({ cursor } = answer);
        if (cursor === null) break;
      }
      session.show({ json: sent, text: () => resentText(session, sent) });
    },
  });
}

const READING = { pl: 'jest odczytywane', en: 'is being read' };
const DISMISSED = { pl: 'usunięto z odłożonych', en: 'dismissed' };
const RESENT = { pl: 'zamówienia wysyłane ponownie', en: 'orders that are sent again' };
const UNKNOWN = { pl: 'nieznane', en: 'unknown' };

const resentText = (
  session: Session,
  { resent, unknown }: { resent: number; unknown: readonly string[] },
): string =>
  `${session.said(RESENT)}: ${resent}${unknown.length === 0 ? '' : `; ${session.said(UNKNOWN)}: ${unknown.join(', ')}`}\n`;

const eitherOr = () =>
  usageError({
    pl: 'Podaj identyfikatory zamówień, np. order:52001, albo okres: --from 2026-11-20T00:00:00+01:00 --to 2026-11-21T00:00:00+01:00.',
    en: 'Give ids of orders, or a period, e.g. order:52001, or --from 2026-11-20T00:00:00+01:00 --to 2026-11-21T00:00:00+01:00.',
  });
