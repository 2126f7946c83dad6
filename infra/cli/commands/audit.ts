import type { Command } from 'commander';
import type { AnswerOf } from '../api/contract.ts';
import type { Session } from '../session.ts';
import { orDash, time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, type LimitOptions, moment, mostOf, noteRest, withLimit } from './command.ts';

type Entry = AnswerOf<'audit.list'>['entries'][number];

interface AuditOptions extends LimitOptions {
  readonly account?: string;
  readonly client?: string;
  readonly from?: string;
  readonly to?: string;
}

export function auditCommand(program: Command, session: Session): void {
  addCommand(program, 'audit', {
    description: 'Lists who did what in the last year, the newest first.',
    examples: [
      'audit',
      'audit --account sklep_1 --from 2026-11-20T00:00:00+01:00',
      'audit --client 4k2v --all --json',
    ],
    options: (command) =>
      withLimit(command)
        .option('--account <account>', 'only calls about this account')
        .option('--client <client>', 'only calls of this client')
        .option('--from <time>', 'only calls from this moment on, with offset', moment)
        .option('--to <time>', 'only calls before this moment, with offset', moment),
    action: async ({ account: given, client, from, to, ...options }: AuditOptions) => {
      const account = given === undefined ? undefined : await accountId(session, given);
      const of = (answer: AnswerOf<'audit.list'>) => answer.entries;
      const query = { account, client, from, to };
      const { entries, rest } = await session.pages('audit.list', { query }, { of, most: mostOf(options) });
      const text = () =>
        session.table(entries, [
          ['AT', ({ at }) => time(at)],
          ['WHO', ({ clientName, clientId }) => clientName ?? clientId],
          ['OPERATION', ({ operation }) => operation],
          ['ACCOUNT', ({ accountId: id }) => orDash(id)],
          ['ABOUT', ({ target }) => orDash(target)],
          ['OUTCOME', outcomeOf],
        ]);
      session.show({ json: { entries }, text });
      noteRest(session, rest);
    },
  });
}

/** A call can be done although the marketplace has refused its password. The problem of a refused one says so itself. */
const outcomeOf = ({ outcome, problem, verdict }: Entry): string =>
  [outcome, problem ?? (verdict && PASSWORD[verdict])].filter(Boolean).join(', ');

const PASSWORD = {
  accepted: 'password accepted',
  refused: 'password refused',
  pending: 'password not judged yet',
} as const;
