import type { Command } from 'commander';
import type { AnswerOf } from '../api/contract.ts';
import { usageError } from '../exit.ts';
import type { Session } from '../session.ts';
import { time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup } from './command.ts';

type Consumer = AnswerOf<'consumers.show'>;

export function consumerCommands(program: Command, session: Session): void {
  const consumers = addGroup(program, 'consumers', 'How far the readers of a feed have come.');
  addCommand(consumers, 'list <account>', {
    description: 'Lists the consumers of a feed.',
    examples: ['consumers list sklep_1'],
    action: async (given: string) => {
      const params = { accountId: await accountId(session, given) };
      const of = (answer: AnswerOf<'consumers.list'>) => answer.consumers;
      const { entries } = await session.pages('consumers.list', { params }, { of });
      session.show({ json: { consumers: entries }, text: () => consumerTable(session, entries) });
    },
  });
  addCommand(consumers, 'show <account> <consumer>', {
    description: 'Shows how far a consumer has come.',
    examples: ['consumers show sklep_1 erp'],
    action: async (given: string, name: string) => {
      const params = { accountId: await accountId(session, given), name };
      showConsumer(session, await session.call('consumers.show', { params }));
    },
  });
  addCommand(consumers, 'acknowledge <account> <consumer>', {
    description: 'Acknowledges all changes up to a position; the first acknowledgement creates the consumer.',
    examples: [
      'consumers acknowledge sklep_1 erp --position AwEB...',
      ['consumers acknowledge sklep_1 erp --from-start --reset', 'back to the beginning of the feed'],
    ],
    options: (command) =>
      command
        .option('--position <position>', 'the position of an answer of "changes --json"')
        .option('--from-start', 'the beginning of the feed')
        .option('--reset', 'move backwards too'),
    action: async (given: string, name: string, options: AcknowledgeOptions) => {
      const { position = null, fromStart = false, reset = false } = options;
      if ((position === null) !== fromStart) throw eitherOr();
      const params = { accountId: await accountId(session, given), name };
      const body = { position, reset };
      showConsumer(session, await session.call('consumers.acknowledge', { params, body }));
    },
  });
}

interface AcknowledgeOptions {
  readonly position?: string;
  readonly fromStart?: boolean;
  readonly reset?: boolean;
}

const consumerTable = (session: Session, consumers: readonly Consumer[]): string =>
  session.table(consumers, [
    ['CONSUMER', ({ name }) => name],
    ['NUMBER', ({ number }) => number],
    ['LAG', ({ lag }) => lag],
    ['ACKNOWLEDGED', ({ acknowledgedAt }) => time(acknowledgedAt)],
  ]);

const showConsumer = (session: Session, consumer: Consumer): void =>
  session.show({ json: consumer, text: () => consumerTable(session, [consumer]) });

const eitherOr = () =>
  usageError({
    pl: 'Podaj albo --position, albo --from-start, np. klamka consumers acknowledge sklep_1 erp --from-start.',
    en: 'Give either --position or --from-start, e.g. klamka consumers acknowledge sklep_1 erp --from-start.',
  });
