import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { listProfiles } from '../api/profiles.ts';
import { candidates, type Values } from '../complete/complete.ts';
import { SHELLS, type Shell, scriptOf } from '../complete/scripts.ts';
import type { Session } from '../session.ts';
import { accountId, listAccounts } from './account-id.ts';
import { addCommand } from './command.ts';

/** Longest time for which a person who presses Tab waits for ids. */
const PATIENCE_MILLIS = 3_000;
const MOST_ORDERS = 100;

export function completionCommands(program: Command, session: Session): void {
  addCommand(program, 'completion', {
    description:
      'Prints a script that defines the command klamka in your shell and completes it, ids included.',
    examples: [
      ['completion bash', 'eval "$(npm run --silent klamka -- completion bash)" in ~/.bashrc'],
      ['completion zsh', 'the same in ~/.zshrc'],
      ['completion fish', 'npm run --silent klamka -- completion fish | source'],
    ],
    options: (command) => command.addArgument(new Argument('<shell>', 'the shell').choices(SHELLS)),
    action: async (shell: Shell) => {
      const main = join(import.meta.dirname, '..', 'main.ts');
      session.io.out(scriptOf(shell, { node: process.execPath, main }));
    },
  });
  program
    .command('__complete [words...]', { hidden: true })
    .allowUnknownOption()
    .action(async (words: string[]) => {
      session.configure(globalsIn(words));
      const found = await candidates(program, words, valuesOf(session));
      for (const word of found) session.io.out(`${word}\n`);
    });
}

/** The options that say which installation is meant, in a line that is not finished. */
function globalsIn(words: readonly string[]): { profile?: string; data?: string } {
  const after = (name: string) => {
    const place = words.indexOf(name);
    return place === -1 || place + 1 >= words.length - 1 ? undefined : words[place + 1];
  };
  const [profile, data] = [after('--profile'), after('--data')];
  return { ...(profile !== undefined && { profile }), ...(data !== undefined && { data }) };
}

/** Ids from the installation. Nothing is asked, and trouble completes to nothing. */
const valuesOf =
  (session: Session): Values =>
  async (name, given) => {
    const silent = session.until(AbortSignal.timeout(PATIENCE_MILLIS), { isSilent: true });
    const read = READERS[name];
    return read === undefined ? [] : await read(silent, given).catch(() => []);
  };

const READERS: Readonly<Record<string, (session: Session, given: readonly string[]) => Promise<string[]>>> = {
  account: async (session) => {
    const accounts = await listAccounts(session);
    const logins = accounts.map(({ login }) => login);
    return accounts.flatMap(({ login, accountId: id }) =>
      logins.indexOf(login) === logins.lastIndexOf(login) ? [login, id] : [id],
    );
  },
  order: async (session, [account = '']) => {
    const params = { accountId: await accountId(session, account) };
    const { orders } = await session.call('orders.list', { params, query: { limit: MOST_ORDERS } });
    return orders.map(({ orderId }) => orderId);
  },
  key: async (session) => {
    const { integrationKeys } = await session.call('keys.list', { query: { limit: 100 } });
    return integrationKeys.map(({ integrationKeyId }) => integrationKeyId);
  },
  webhook: async (session) =>
    (await session.call('webhooks.list', {})).webhooks.map(({ webhookId }) => webhookId),
  consumer: async (session, [account = '']) => {
    const params = { accountId: await accountId(session, account) };
    return (await session.call('consumers.list', { params })).consumers.map(({ name }) => name);
  },
  import: async (session, [account = '']) => {
    const params = { accountId: await accountId(session, account) };
    return (await session.call('imports.list', { params })).imports.map(({ importId }) => importId);
  },
  profile: (session) => listProfiles(session.io.env),
};
