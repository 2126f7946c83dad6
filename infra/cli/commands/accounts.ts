import type { Command } from 'commander';
import { askConfirmed } from '../ask.ts';
import { usageError } from '../exit.ts';
import type { Session } from '../session.ts';
import { accountId, listAccounts } from './account-id.ts';
import { accountTable, showAccount, showVerdict } from './account-views.ts';
import { addCommand, addGroup } from './command.ts';
import { keyId } from './whole-id.ts';

const PASSWORD = { pl: 'Hasło aplikacji', en: 'Application password' };

export function accountCommands(program: Command, session: Session): void {
  const accounts = addGroup(program, 'accounts', 'Sellers: add, show, pause, remove.');
  addCommand(accounts, 'add', {
    description: 'Adds a seller, and logs in once with its application password.',
    examples: [
      ['accounts add --marketplace allegro --login sklep_1', 'asks for the password'],
      ['accounts add --marketplace allegro --login sklep_1 --key 9f0c2d < password.txt', 'reads it'],
    ],
    options: (command) =>
      command
        .requiredOption('--marketplace <id>', 'the marketplace, e.g. allegro or aukro')
        .requiredOption('--login <login>', 'login of the seller')
        .option('--key <key>', 'id of the integration key; not needed if there is only one'),
    action: async ({ marketplace, login, key }: { marketplace: string; login: string; key?: string }) => {
      const integrationKeyId = key === undefined ? await onlyKey(session) : await keyId(session, key);
      const applicationPassword = await session.secret(PASSWORD);
      const body = { marketplace, login, integrationKeyId, applicationPassword };
      showVerdict(session, await session.call('accounts.add', { body }));
    },
  });
  addCommand(accounts, 'list', {
    description: 'Lists the accounts with their states.',
    examples: ['accounts list', 'accounts list --json'],
    action: async () => {
      const found = await listAccounts(session);
      session.show({ json: { accounts: found }, text: () => accountTable(session, found) });
    },
  });
  addCommand(accounts, 'show <account>', {
    description: 'Shows an account: its state, and what to do.',
    examples: ['accounts show sklep_1'],
    action: async (given: string) =>
      showAccount(session, await session.call('accounts.show', { params: await params(session, given) })),
  });
  addCommand(accounts, 'pause <account>', {
    description: 'Pauses an account: no run and no login until it is resumed.',
    examples: ['accounts pause sklep_1'],
    action: async (given: string) =>
      showAccount(session, await session.call('accounts.pause', { params: await params(session, given) })),
  });
  addCommand(accounts, 'resume <account>', {
    description: 'Ends a pause, and tries again what has stopped the account.',
    examples: ['accounts resume sklep_1'],
    action: async (given: string) =>
      showAccount(session, await session.call('accounts.resume', { params: await params(session, given) })),
  });
  addCommand(accounts, 'unlocked <account>', {
    description: 'States that the seller has logged in on the website, which ends a lock.',
    examples: ['accounts unlocked sklep_1', 'accounts unlocked sklep_1 --logged-in-on-website'],
    options: (command) =>
      command.option('--logged-in-on-website', 'I have logged in on the website of the marketplace myself'),
    action: async (given: string, { loggedInOnWebsite = false }: { loggedInOnWebsite?: boolean }) => {
      const found = await params(session, given);
      const question = { text: UNLOCKED, flag: '--logged-in-on-website', given: loggedInOnWebsite };
      await askConfirmed(session.io, question, session.language);
      const body = { loggedInOnWebsite: true };
      showAccount(session, await session.call('accounts.unlocked', { params: found, body }));
    },
  });
  addCommand(accounts, 'remove <account>', {
    description: 'Removes an account with its password, session, orders and feed.',
    examples: ['accounts remove sklep_1', 'accounts remove sklep_1 --yes'],
    options: (command) => command.option('--yes', 'do not ask'),
    action: async (given: string, { yes = false }: { yes?: boolean }) => {
      const found = await params(session, given);
      const text = {
        pl: `Usunąć konto ${given} ze wszystkimi zamówieniami?`,
        en: `Remove the account ${given} with all its orders?`,
      };
      await askConfirmed(session.io, { text, flag: '--yes', given: yes }, session.language);
      const answer = await session.call('accounts.remove', { params: found });
      session.show({ json: answer, text: () => `${REMOVING[session.language]}\n` });
    },
  });
  passwordCommands(program, session);
}

function passwordCommands(program: Command, session: Session): void {
  const password = addGroup(program, 'password', 'The application password of a seller.');
  addCommand(password, 'set <account>', {
    description: 'Tries a new application password, exactly once. A refused one replaces nothing.',
    examples: [
      ['password set sklep_1', 'asks for it; nothing of it appears'],
      ['password set sklep_1 < password.txt', 'reads it'],
    ],
    action: async (given: string) => {
      const found = await params(session, given);
      const body = { applicationPassword: await session.secret(PASSWORD) };
      showVerdict(session, await session.call('accounts.replacePassword', { params: found, body }));
    },
  });
  addCommand(password, 'resend <account>', {
    description:
      'Logs in once more with the password that was refused last; possible once for each password.',
    examples: ['password resend sklep_1 --password-is-good'],
    options: (command) => command.option('--password-is-good', 'I have checked that the password is right'),
    action: async (given: string, { passwordIsGood = false }: { passwordIsGood?: boolean }) => {
      const found = await params(session, given);
      const question = { text: GOOD, flag: '--password-is-good', given: passwordIsGood };
      await askConfirmed(session.io, question, session.language);
      const body = { passwordIsGood: true };
      showVerdict(session, await session.call('accounts.resendPassword', { params: found, body }));
    },
  });
}

const params = async (session: Session, given: string) => ({ accountId: await accountId(session, given) });

/** The key that is there, if there is one only. Throws CliError. */
async function onlyKey(session: Session): Promise<string> {
  const of = ({ integrationKeys }: { integrationKeys: { integrationKeyId: string; label: string }[] }) =>
    integrationKeys;
  const { entries } = await session.pages('keys.list', {}, { of });
  const [only, ...more] = entries;
  if (only !== undefined && more.length === 0) return only.integrationKeyId;
  const names = entries.map(({ integrationKeyId, label }) => `${integrationKeyId} (${label})`).join(', ');
  throw usageError(
    only === undefined
      ? {
          pl: 'Nie ma jeszcze klucza integracji. Dodaj go: klamka keys register --label ERP',
          en: 'There is no integration key yet. Register one: klamka keys register --label ERP',
        }
      : {
          pl: `Jest kilka kluczy integracji. Wybierz jeden opcją --key: ${names}`,
          en: `There are several integration keys. Choose one with --key: ${names}`,
        },
  );
}

const UNLOCKED = {
  pl: 'Czy zalogowałeś się na stronie serwisu jako ten sprzedawca, już po zablokowaniu konta? Nieprawdziwa odpowiedź może znowu zablokować konto.',
  en: 'Have you logged in on the website as this seller, after the account was locked? A false answer can lock the account again.',
};
const GOOD = {
  pl: 'Czy sprawdziłeś, że odrzucone hasło jest dobre? Kolejna nieudana próba liczy się do zablokowania konta.',
  en: 'Have you checked that the refused password is right? Another failed attempt counts towards a lock of the account.',
};
const REMOVING = {
  pl: 'Konto jest usuwane; zniknie zwykle po minucie.',
  en: 'The account is being removed; it is gone usually after a minute.',
};
