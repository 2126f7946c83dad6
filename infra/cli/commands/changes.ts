import type { Command } from 'commander';
import { usageError } from '../exit.ts';
import { type Change, pagesOf } from '../follow/feed.ts';
import type { Session } from '../session.ts';
import { clean, money, time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand } from './command.ts';

interface ChangesOptions {
  readonly account?: string;
  readonly after?: string;
  readonly fromStart?: boolean;
  readonly follow?: boolean;
}

/** Options that say where in the feed to begin. */
export const withStart = (command: Command): Command =>
  command
    .option('--account <account>', 'only the changes of this account')
    .option('--after <position>', 'continue from this position')
    .option('--from-start', 'begin with the first change that the feed has');

export async function startOf(
  session: Session,
  { account, after, fromStart = false }: ChangesOptions,
  otherwise: string | undefined,
): Promise<{ accountId: string | undefined; after: string | undefined }> {
  if (after !== undefined && fromStart) throw eitherOr();
  return {
    accountId: account === undefined ? undefined : await accountId(session, account),
    after: fromStart ? undefined : (after ?? otherwise),
  };
}

export function changeCommands(program: Command, session: Session): void {
  addCommand(program, 'changes', {
    description: 'Shows the feed: every change of an order. With --follow from now on, else from its start.',
    examples: [
      'changes --account sklep_1',
      ['changes --follow', 'until Ctrl-C'],
      ['changes --follow --json | my-program', 'a line of JSON for each change'],
    ],
    options: (command) => withStart(command).option('--follow', 'wait for further changes'),
    action: async (options: ChangesOptions) => {
      const { follow = false } = options;
      const start = await startOf(session, options, follow ? 'end' : undefined);
      if (follow) return await followChanges(session, start);
      const changes: Change[] = [];
      let position = options.after ?? null;
      for await (const page of pagesOf(session, { ...start, follow })) {
        if (session.isJson) changes.push(...page.changes);
        else for (const change of page.changes) session.io.out(`${changeLine(change)}\n`);
        ({ position } = page);
      }
      if (session.isJson) session.show({ json: { changes, position }, text: () => '' });
      else session.note({ pl: `Pozycja na końcu: ${position}`, en: `Position at the end: ${position}` });
    },
  });
}

async function followChanges(
  session: Session,
  start: { accountId: string | undefined; after: string | undefined },
): Promise<void> {
  for await (const { changes } of pagesOf(session, { ...start, follow: true }))
    for (const change of changes) session.showNext({ json: change, text: () => changeLine(change) });
}

/** A change on one line. */
export const changeLine = ({ accountId: id, number, orderId, changes, changedAt, order }: Change): string =>
  [
    time(changedAt),
    `${id.slice(0, 8)}#${number}`,
    orderId,
    changes.join('+'),
    order === null ? '(erased)' : `${order.state}  ${money(order.total)}  ${clean(order.buyer.login)}`,
  ].join('  ');

const eitherOr = () =>
  usageError({
    pl: 'Podaj albo --after, albo --from-start, nie obie opcje naraz.',
    en: 'Give either --after or --from-start, not both.',
  });
