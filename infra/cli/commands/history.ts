import type { Command } from 'commander';
import type { AnswerOf } from '../api/contract.ts';
import { Ended, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';
import { time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup, day, dayOrMoment } from './command.ts';
import { importId } from './whole-id.ts';

type Import = AnswerOf<'imports.show'>;

const COMPARING = { pl: 'Porównanie trwa.', en: 'The comparison is under way.' };

export function historyCommands(program: Command, session: Session): void {
  const completeness = addGroup(
    program,
    'completeness',
    "Are all orders of a day there, by the marketplace's own list?",
  );
  addCommand(completeness, 'show <account>', {
    description:
      'Compares a day, by default yesterday, with the list. The exit code is 1 if orders are missing.',
    examples: ['completeness show sklep_1', 'completeness show sklep_1 --day 2026-11-22'],
    options: (command) =>
      command.option('--day <day>', "a day of the marketplace's calendar, e.g. 2026-11-22", day),
    action: async (given: string, { day: of }: { day?: string }) => {
      const params = { accountId: await accountId(session, given) };
      const answer = await session.call('completeness.show', { params, query: { day: of } });
      session.show({ json: answer, text: () => completenessFacts(session, answer) });
      if (answer.missing.length > 0) throw new Ended(EXIT.failed);
    },
  });
  addCommand(completeness, 'check <account>', {
    description: 'Has the lists compared now.',
    examples: ['completeness check sklep_1'],
    action: async (given: string) => {
      const params = { accountId: await accountId(session, given) };
      const answer = await session.call('completeness.check', { params });
      session.show({ json: answer, text: () => `${session.said(COMPARING)}\n` });
    },
  });

  const imports = addGroup(program, 'import', 'Imports of earlier sales.');
  addCommand(imports, 'start <account>', {
    description: 'Imports earlier sales, at most 90 days back.',
    examples: ['import start sklep_1 --from 2026-10-20 --to 2026-11-19'],
    options: (command) =>
      command
        .requiredOption('--from <time>', 'a day, from its beginning, or a time with offset', dayOrMoment)
        .requiredOption('--to <time>', 'a day, to its end, or a time with offset', dayOrMoment),
    action: async (given: string, body: { from: string; to: string }) => {
      const params = { accountId: await accountId(session, given) };
      showImport(session, await session.call('imports.start', { params, body }));
    },
  });
  addCommand(imports, 'list <account>', {
    description: 'Lists imports, the newest first.',
    examples: ['import list sklep_1'],
    action: async (given: string) => {
      const params = { accountId: await accountId(session, given) };
      const answer = await session.call('imports.list', { params });
      const text = () =>
        session.table(answer.imports, [
          ['IMPORT', ({ importId }) => importId],
          ['KIND', ({ kind }) => kind],
          ['STATE', ({ state, percent }) => (state === 'running' ? `${percent} %` : state)],
          ['FROM', ({ from }) => time(from)],
          ['TO', ({ to }) => time(to)],
          ['IMPORTED', ({ imported }) => imported],
          ['THERE ALREADY', ({ alreadyThere }) => alreadyThere],
        ]);
      session.show({ json: answer, text });
    },
  });
  addCommand(imports, 'show <account> <import>', {
    description: 'Shows the progress of an import.',
    examples: ['import show sklep_1 5f6c'],
    action: async (given: string, named: string) => {
      const account = await accountId(session, given);
      const params = { accountId: account, importId: await importId(session, account, named) };
      showImport(session, await session.call('imports.show', { params }));
    },
  });
}

const completenessFacts = (session: Session, answer: AnswerOf<'completeness.show'>): string =>
  session.facts([
    ['day', `${answer.day}${answer.dayWasOver ? '' : ' (was not over)'}`],
    ['compared', `${time(answer.checkedAt)} with ${answer.list}`],
    ['marketplace', answer.marketplace],
    ['stored', answer.ours],
    ['missing', answer.missing.length === 0 ? 'none' : answer.missing.join('\n')],
    ['cancelled', answer.cancelled],
    ['lost by the journal', answer.journalLoss],
    ['changes never told', answer.changesNeverTold],
    ...Object.entries(answer.acknowledged).map(
      ([name, count]) => [`acknowledged by ${name}`, count] as const,
    ),
    ['not visible', answer.cannotSee.map((text) => session.said(text)).join('\n') || undefined],
  ]);

const showImport = (session: Session, one: Import): void =>
  session.show({
    json: one,
    text: () =>
      session.facts([
        ['import', one.importId],
        ['state', `${one.state}, ${one.percent} %`],
        ['what to do', one.message === null ? undefined : session.said(one.message)],
        ['period', `${time(one.from)} to ${time(one.to)}`],
        ['sales seen', one.salesSeen],
        ['imported', one.imported],
        ['there already', one.alreadyThere],
        ['outside the period', one.outside],
        ['unreadable', one.unreadable],
        ['finished', time(one.finishedAt)],
      ]),
  });
