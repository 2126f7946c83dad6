import { type Command, Option } from 'commander';
import { EVENT_TYPES } from '../../../functions/contract/webhooks.ts';
import type { AnswerOf } from '../api/contract.ts';
import { askConfirmed } from '../ask.ts';
import { Ended, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';
import { orDash, time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup, type LimitOptions, mostOf, noteRest, withLimit } from './command.ts';
import { webhookId } from './whole-id.ts';

type Webhook = AnswerOf<'webhooks.list'>['webhooks'][number];
type Progress = AnswerOf<'webhooks.show'>['progress'][number];
type DeadLetter = AnswerOf<'webhooks.deadLetters'>['deadLetters'][number];
type EventType = (typeof EVENT_TYPES)[number];

export function webhookCommands(program: Command, session: Session): void {
  const webhooks = addGroup(program, 'webhooks', 'Servers to which changes are sent, signed.');
  addCommand(webhooks, 'list', {
    description: 'Lists webhooks.',
    examples: ['webhooks list'],
    action: async () => {
      const answer = await session.call('webhooks.list', {});
      const text = () =>
        session.table(answer.webhooks, [
          ['WEBHOOK', ({ webhookId }) => webhookId],
          ['STATE', ({ state }) => state],
          ['ACCOUNTS', ({ accounts }) => String(accounts)],
          ['EVENTS', ({ events }) => String(events)],
          ['URL', ({ url }) => url],
        ]);
      session.show({ json: answer, text });
    },
  });
  addCommand(webhooks, 'register <url>', {
    description: 'Has changes sent to a server from now on. Its signing secret is shown only once.',
    examples: [
      'webhooks register https://erp.example/klamka',
      'webhooks register https://erp.example/klamka --event order.paid order.cancelled --account sklep_1',
    ],
    options: (command) =>
      command
        .addOption(new Option('--event <event...>', 'only these events').choices(EVENT_TYPES))
        .option('--account <account...>', 'only the changes of these accounts'),
    action: async (url: string, { event, account = [] }: { event?: EventType[]; account?: string[] }) => {
      const accounts: string[] = [];
      for (const one of account) accounts.push(await accountId(session, one));
      const body = {
        url,
        ...(event !== undefined && { events: event }),
        ...(accounts.length > 0 && { accounts }),
      };
      showWithSecret(session, await session.call('webhooks.register', { body }));
    },
  });
  addCommand(webhooks, 'show <webhook>', {
    description: 'Shows a webhook, and its progress for each account.',
    examples: ['webhooks show 5f6c'],
    action: async (given: string) => {
      const params = { webhookId: await webhookId(session, given) };
      const first = await session.call('webhooks.show', { params });
      const of = (answer: AnswerOf<'webhooks.show'>) => answer.progress;
      const { entries: progress } = await session.pages('webhooks.show', { params }, { of });
      const { cursor: _cursor, ...webhook } = { ...first, progress };
      session.show({
        json: webhook,
        text: () => `${webhookFacts(session, webhook)}\n${progressTable(session, progress)}`,
      });
    },
  });
  addCommand(webhooks, 'remove <webhook>', {
    description: 'Removes a webhook.',
    examples: ['webhooks remove 5f6c --yes'],
    options: (command) => command.option('--yes', 'do not ask'),
    action: async (given: string, { yes = false }: { yes?: boolean }) => {
      const id = await webhookId(session, given);
      const text = { pl: `Usunąć webhook ${id}?`, en: `Remove the webhook ${id}?` };
      await askConfirmed(session.io, { text, flag: '--yes', given: yes }, session.language);
      const answer = await session.call('webhooks.remove', { params: { webhookId: id } });
      session.show({ json: answer, text: () => `${id}: ${session.said(REMOVED)}\n` });
    },
  });
  addCommand(webhooks, 'rotate-secret <webhook>', {
    description: 'Creates a new signing secret, shown only once; the old one signs too for 24 hours.',
    examples: ['webhooks rotate-secret 5f6c'],
    action: async (given: string) => {
      const params = { webhookId: await webhookId(session, given) };
      showWithSecret(session, await session.call('webhooks.rotateSecret', { params }));
    },
  });
  addCommand(webhooks, 'test <webhook>', {
    description: 'Sends a test message now. The exit code is 1 if it was not delivered.',
    examples: ['webhooks test 5f6c'],
    action: async (given: string) => {
      const params = { webhookId: await webhookId(session, given) };
      const answer = await session.call('webhooks.test', { params });
      const { delivered, error } = answer;
      const text = () =>
        error === null ? `${session.said(DELIVERED)}\n` : `${error.reason}: ${session.said(error.message)}\n`;
      session.show({ json: answer, text });
      if (!delivered) throw new Ended(EXIT.failed);
    },
  });
  addCommand(webhooks, 'resume <webhook>', {
    description: 'Enables a webhook that was disabled by the answer 410.',
    examples: ['webhooks resume 5f6c'],
    action: async (given: string) => {
      const params = { webhookId: await webhookId(session, given) };
      const webhook = await session.call('webhooks.resume', { params });
      session.show({ json: webhook, text: () => webhookFacts(session, webhook) });
    },
  });
  deadLetterCommands(webhooks, session);
}

function deadLetterCommands(webhooks: Command, session: Session): void {
  const ofAccount = (command: Command) =>
    command.option('--account <account>', 'only the changes of this account');
  const query = async (account: string | undefined) =>
    account === undefined ? {} : { accountId: await accountId(session, account) };
  addCommand(webhooks, 'dead-letters <webhook>', {
    description: 'Lists changes whose delivery was given up after three days.',
    examples: ['webhooks dead-letters 5f6c'],
    options: (command) => withLimit(ofAccount(command)),
    action: async (given: string, options: LimitOptions & { account?: string }) => {
      const input = {
        params: { webhookId: await webhookId(session, given) },
        query: await query(options.account),
      };
      const of = (answer: AnswerOf<'webhooks.deadLetters'>) => answer.deadLetters;
      const { entries, rest } = await session.pages('webhooks.deadLetters', input, {
        of,
        most: mostOf(options),
      });
      session.show({ json: { deadLetters: entries }, text: () => letterTable(session, entries) });
      noteRest(session, rest);
    },
  });
  addCommand(webhooks, 'replay <webhook>', {
    description: 'Sends the dead letters once more.',
    examples: ['webhooks replay 5f6c', 'webhooks replay 5f6c --account sklep_1'],
    options: ofAccount,
    action: async (given: string, { account }: { account?: string }) => {
      const params = { webhookId: await webhookId(session, given) };
      const answer = await session.call('webhooks.replay', { params, body: await query(account) });
      session.show({ json: answer, text: () => `${session.said(REPLAYED)}: ${answer.accounts}\n` });
    },
  });
}

const REMOVED = { pl: 'usunięto', en: 'removed' };
const DELIVERED = { pl: 'Doręczono.', en: 'Delivered.' };
const REPLAYED = {
  pl: 'konta, których niedoręczone zmiany zostaną wysłane',
  en: 'accounts whose dead letters will be sent',
};

/** A webhook, with its secret where that is shown. */
const webhookFacts = (session: Session, webhook: Webhook, secret?: string): string =>
  session.facts([
    ['webhook', webhook.webhookId],
    ['url', webhook.url],
    ['state', webhook.state],
    ['what to do', session.said(webhook.message)],
    ['accounts', String(webhook.accounts)],
    ['events', String(webhook.events)],
    ['registered', time(webhook.createdAt)],
    ['old secret until', webhook.oldSecretUntil === null ? undefined : time(webhook.oldSecretUntil)],
    ['signing secret', secret],
  ]);

const showWithSecret = (session: Session, webhook: AnswerOf<'webhooks.register'>): void => {
  session.show({ json: webhook, text: () => webhookFacts(session, webhook, webhook.secret) });
  session.note({
    pl: 'Zapisz sekret do podpisów teraz: nie pokażemy go drugi raz.',
    en: 'Store the signing secret now: it is not shown a second time.',
  });
};

const progressTable = (session: Session, progress: readonly Progress[]): string =>
  session.table(progress, [
    ['ACCOUNT', ({ accountId: id }) => id],
    ['NUMBER', ({ number }) => number],
    ['LAG', ({ lag }) => lag],
    ['DELIVERED', ({ lastDeliveredAt }) => time(lastDeliveredAt)],
    ['FAILURES', ({ failures }) => failures],
    ['NEXT TRY', ({ nextTryAt }) => time(nextTryAt)],
    ['LAST ERROR', ({ lastError }) => orDash(lastError?.status ?? lastError?.reason)],
  ]);

const letterTable = (session: Session, letters: readonly DeadLetter[]): string =>
  session.table(letters, [
    ['ACCOUNT', ({ accountId: id }) => id],
    ['NUMBER', ({ number }) => number],
    ['ORDER', ({ orderId }) => orderId],
    ['CHANGES', ({ changes }) => changes.join(', ')],
    ['GIVEN UP', ({ givenUpAt }) => time(givenUpAt)],
    ['ERROR', ({ error }) => error.status ?? error.reason],
  ]);
