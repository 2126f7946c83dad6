import type { Command } from 'commander';
import type { AnswerOf } from '../api/contract.ts';
import type { Session } from '../session.ts';
import { duration, orDash, time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup, type LimitOptions, mostOf, noteRest, withLimit } from './command.ts';

type SyncState = AnswerOf<'sync.show'>;
type Login = AnswerOf<'accounts.logins'>['logins'][number];

export function syncCommands(program: Command, session: Session): void {
  const sync = addGroup(program, 'sync', 'The synchronisation of an account.');
  addCommand(sync, 'now <account>', {
    description: 'Synchronises now.',
    examples: ['sync now sklep_1'],
    action: async (given: string) => {
      const params = { accountId: await accountId(session, given) };
      const account = await session.call('sync.start', { params });
      session.show({ json: account, text: () => `${REQUESTED[session.language]}\n` });
    },
  });
  addCommand(sync, 'show <account>', {
    description: 'Shows how fresh the orders are, and the reason; also orders that were quarantined.',
    examples: ['sync show sklep_1'],
    action: async (given: string) => {
      const params = { accountId: await accountId(session, given) };
      const state = await session.call('sync.show', { params });
      session.show({ json: state, text: () => syncFacts(session, state) });
    },
  });
  addCommand(program, 'logins <account>', {
    description: 'Lists the login attempts of the last 90 days, the newest first.',
    examples: ['logins sklep_1', 'logins sklep_1 --all --json'],
    options: withLimit,
    action: async (given: string, options: LimitOptions) => {
      const params = { accountId: await accountId(session, given) };
      const of = ({ logins }: AnswerOf<'accounts.logins'>) => logins;
      const { entries, rest } = await session.pages(
        'accounts.logins',
        { params },
        { of, most: mostOf(options) },
      );
      session.show({ json: { logins: entries }, text: () => loginTable(session, entries) });
      noteRest(session, rest);
    },
  });
}

const REQUESTED = { pl: 'Synchronizacja zaraz się zacznie.', en: 'A run follows at once.' };

function syncFacts(session: Session, state: SyncState): string {
  const { last24Hours: day, lastCheck, gap } = state;
  const flags = Object.entries(day.flags).map(([flag, count]) => `${flag} ${count}`);
  const failed = [...state.quarantined, ...state.failing];
  const head = session.facts([
    ['orders are', state.state],
    ['message', session.said(state.message)],
    ['lag', duration(state.lagSeconds)],
    ['last success', time(state.lastSuccessAt)],
    ['last event', time(state.lastEventAt)],
    ['last 24 hours', `${day.events} events, ${day.ordersChanged} order changes, ${day.late} late`],
    ['flags', flags.length === 0 ? undefined : flags.join(', ')],
    [
      'last check',
      lastCheck === null
        ? '-'
        : `${time(lastCheck.at)} with ${orDash(lastCheck.list)}: ${lastCheck.journalLoss} orders that the journal never named, ${lastCheck.changesNeverTold} changes that it never told`,
    ],
    ['gap', gap === null ? undefined : `${gap.state}: ${session.said(gap.message)}`],
    ['quarantined', state.quarantinedCount],
    ['failing', state.failingCount],
  ]);
  if (failed.length === 0) return head;
  const rows = session.table(failed, [
    ['ORDER', ({ orderId }) => orderId],
    ['REASON', ({ reason }) => reason],
    ['QUARANTINED', ({ quarantinedAt }) => time(quarantinedAt)],
    ['TRIES', ({ tries }) => tries],
    ['LAST TRY', ({ lastAt }) => time(lastAt)],
    ['WHAT TO DO', ({ message }) => session.said(message)],
  ]);
  return `${head}\n${rows}`;
}

const loginTable = (session: Session, logins: readonly Login[]): string =>
  session.table(logins, [
    ['AT', ({ at }) => time(at)],
    ['WHY', ({ why }) => why],
    ['OUTCOME', ({ outcome }) => outcome],
    ['CODE', ({ code }) => orDash(code)],
    ['ADDRESS', ({ egressId }) => egressId],
    ['WORKER', ({ worker }) => worker],
  ]);
