import { Argument, type Command } from 'commander';
import { EVENT_TYPES } from '../../../functions/contract/webhooks.ts';
import type { AnswerOf } from '../api/contract.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import { pause } from '../follow/feed.ts';
import { control } from '../follow/simulator.ts';
import type { Session } from '../session.ts';
import { accountId, listAccounts } from './account-id.ts';
import { addCommand } from './command.ts';

type EventType = (typeof EVENT_TYPES)[number];
type Act = 'buy' | 'fill' | 'pay' | 'cancel' | 'withdraw';

/** The actions of a buyer that lead to an event. */
const STORIES: Readonly<Record<EventType, { readonly acts: readonly Act[]; readonly told: string }>> = {
  'order.created': { acts: ['buy'], told: 'a buyer buys' },
  'order.details-filled': { acts: ['buy', 'fill'], told: '... and fills address and delivery' },
  'order.paid': { acts: ['buy', 'fill', 'pay'], told: '... and pays' },
  'order.cancelled': { acts: ['buy', 'fill', 'cancel'], told: '... and cancels the unpaid sale' },
  'order.changed': { acts: ['buy', 'fill', 'pay', 'withdraw'], told: '... pays, and the money goes back' },
};

const LOOK_EVERY_MILLIS = 250;
const REQUEST_EVERY_MILLIS = 3_000;
/** Time in which an embedded stack stores an act, generously. */
const STORED_WITHIN_MILLIS = 60_000;

export function triggerCommand(program: Command, session: Session): void {
  addCommand(program, 'trigger', {
    description: 'Makes a buyer of the simulated marketplace do what brings an event (embedded stack).',
    examples: ['trigger order.paid', 'trigger order.cancelled --account sklep_1', 'trigger --list'],
    options: (command) =>
      command
        .addArgument(new Argument('[event]', 'the event').choices(EVENT_TYPES))
        .option('--account <account>', 'the seller; by default the first connected one')
        .option('--list', 'list the events'),
    action: async (event: EventType | undefined, options: { account?: string; list?: boolean }) => {
      if (options.list === true) return showEvents(session);
      if (event === undefined) throw noEvent();
      const { simulatorUrl } = await session.embedded();
      const account = await accountFor(session, options.account);
      const done = await play(session, { simulatorUrl, account, acts: STORIES[event].acts });
      session.show({
        json: { event, accountId: account.accountId, ...done },
        text: () => `${event}: ${done.orderId} (${account.login})\n`,
      });
    },
  });
}

function showEvents(session: Session): void {
  const rows = EVENT_TYPES.map((event) => ({ event, ...STORIES[event] }));
  const text = () =>
    session.table(rows, [
      ['EVENT', ({ event }) => event],
      ['WHAT HAPPENS', ({ told }) => told],
    ]);
  session.show({ json: { events: rows.map(({ event, acts }) => ({ event, acts })) }, text });
}

type Account = AnswerOf<'accounts.show'>;

async function accountFor(session: Session, given: string | undefined): Promise<Account> {
  if (given !== undefined)
    return await session.call('accounts.show', { params: { accountId: await accountId(session, given) } });
  const accounts = await listAccounts(session);
  const [first] = accounts
    .filter(({ connection }) => connection.state === 'connected')
    .toSorted((one, other) => (one.login < other.login ? -1 : 1));
  if (first !== undefined) return first;
  throw new CliError(EXIT.conflict, {
    pl: 'Nie ma połączonego konta. Dodaj je: klamka accounts add --help',
    en: 'No account is connected. Add one: klamka accounts add --help',
  });
}

interface Stage {
  readonly simulatorUrl: string;
  readonly account: Account;
}

/**
 * Acts one by one, each after Klamka has stored what came before: acts that are read together would be one change,
 * whose event is that of the first.
 */
async function play(
  session: Session,
  { acts, ...stage }: Stage & { acts: readonly Act[] },
): Promise<{ orderId: string }> {
  const ids = { purchaseId: '', saleId: '' };
  let orderId = '';
  for (const act of acts) {
    const isNew = act === 'buy' || act === 'fill';
    const before = isNew ? 0 : await revisionOf(session, stage.account, orderId);
    const asked = { ...request(act, stage.account, ids), wanted: 'orderId' } as const;
    const done = await control(session, stage.simulatorUrl, asked);
    Object.assign(ids, done);
    ({ orderId } = done);
    session.note({ pl: `${PL[act]}: ${orderId}`, en: `${EN[act]}: ${orderId}` });
    await stored(session, stage.account, { orderId, before });
  }
  return { orderId };
}

const PL = {
  buy: 'kupno',
  fill: 'wybór dostawy i płatności',
  pay: 'zapłata',
  cancel: 'anulowanie',
  withdraw: 'zwrot pieniędzy',
};
const EN = { buy: 'bought', fill: 'filled', pay: 'paid', cancel: 'cancelled', withdraw: 'paid back' };

function request(
  act: Act,
  { login }: Account,
  { purchaseId, saleId }: { purchaseId: string; saleId: string },
) {
  if (act === 'buy') return { path: '/_sim/purchases', body: { seller: login } };
  if (act === 'fill') return { path: '/_sim/sales', body: { purchaseId } };
  return { path: `/_sim/sales/${saleId}/${act}` };
}

async function revisionOf(session: Session, account: Account, orderId: string): Promise<number> {
  const params = { accountId: account.accountId, orderId };
  const order = await session.call('orders.show', { params }).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  return order?.revision ?? 0;
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error && 'status' in error && error.status === 404;

/** Requests a run, and waits until the order has another revision. Throws CliError. */
async function stored(
  session: Session,
  account: Account,
  { orderId, before }: { orderId: string; before: number },
): Promise<void> {
  const { accountId: id } = account;
  const until = session.io.now() + STORED_WITHIN_MILLIS;
  let requestAt = 0;
  while ((await revisionOf(session, account, orderId)) === before) {
    const now = session.io.now();
    if (now > until) throw notStored(orderId);
    if (now >= requestAt) {
      // A run that is under way may have read the journal before the act.
      await session.call('sync.start', { params: { accountId: id } });
      requestAt = now + REQUEST_EVERY_MILLIS;
    }
    await pause(session, LOOK_EVERY_MILLIS);
  }
}

const noEvent = () =>
  usageError({
    pl: 'Podaj zdarzenie, np. order.paid. Wszystkie pokazuje: klamka trigger --list',
    en: 'Give an event, e.g. order.paid. This shows all: klamka trigger --list',
  });

const notStored = (orderId: string) =>
  new CliError(EXIT.later, {
    pl: `Kupujący zrobił swoje, ale ${orderId} nie zostało jeszcze zapisane. Zobacz: klamka accounts list, klamka logs`,
    en: `The buyer has acted, but ${orderId} has not been stored yet. See: klamka accounts list, klamka logs`,
  });
