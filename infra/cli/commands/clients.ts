import { type Command, Option } from 'commander';
import { ROLES, type Role } from '../../../functions/contract/scopes.ts';
import type { RegistryPlace } from '../../clients/clients.ts';
import type { Registry } from '../api/places.ts';
import { askConfirmed } from '../ask.ts';
import { CliError, EXIT, usageError } from '../exit.ts';
import type { Session } from '../session.ts';
import { orDash, time } from '../show/text.ts';
import { accountId } from './account-id.ts';
import { addCommand, addGroup } from './command.ts';

interface ClientOptions {
  readonly table?: string;
  readonly role: Role;
  readonly name?: string;
  readonly accounts?: string;
}

export function clientCommands(program: Command, session: Session): void {
  const clients = addGroup(
    program,
    'clients',
    'Who may call the API; written with AWS credentials, not over the API.',
  );
  const withTable = (command: Command) =>
    command.option('--table <name>', 'the registry table, if neither profile nor embedded stack names it');
  addCommand(clients, 'list', {
    description: 'Lists the clients.',
    examples: ['clients list', 'clients list --profile prod'],
    options: withTable,
    action: async (options: Pick<ClientOptions, 'table'>) => {
      const { listClients } = await withSdk();
      const found = await listClients(await registryOf(session, options));
      const json = found.map(({ createdAtMillis, ...client }) => ({
        ...client,
        createdAt: new Date(createdAtMillis).toISOString(),
      }));
      const text = () =>
        session.table(json, [
          ['CLIENT', ({ clientId }) => clientId],
          ['NAME', ({ name }) => name],
          ['ROLE', ({ role }) => role],
          [
            'ACCOUNTS',
            ({ accountIds }) => (accountIds === undefined ? 'all' : orDash(accountIds.join(', '))),
          ],
          ['WRITTEN', ({ createdAt }) => time(createdAt)],
        ]);
      session.show({ json: { clients: json }, text });
    },
  });
  addCommand(clients, 'add <subject>', {
    description: 'Adds a client, or changes its role, name and accounts. The subject is `sub` of its tokens.',
    examples: [
      'clients add 4k2v --role administrator --name Anna',
      ['clients add 7h1p --role integration --accounts none', 'sees what it adds itself'],
    ],
    options: (command) =>
      withTable(command)
        .addOption(
          new Option('--role <role>', 'what it may do').choices(Object.keys(ROLES)).makeOptionMandatory(),
        )
        .option('--name <name>', 'a name for people')
        .option('--accounts <ids>', "binds it to these accounts, with commas; 'none' to begin with none"),
    action: async (subject: string, { table, role, name = subject, accounts }: ClientOptions) => {
      const place = await registryOf(session, { table });
      const accountIds = accounts === undefined ? undefined : await idsIn(session, accounts);
      const { writeClient } = await withSdk();
      await writeClient(place, { subject, role, name, accountIds });
      const json = { clientId: subject, role, name, ...(accountIds !== undefined && { accountIds }) };
      session.show({ json, text: () => `${subject}: ${role}\n` });
    },
  });
  addCommand(clients, 'remove <subject>', {
    description: 'Removes a client; its tokens open nothing from then on.',
    examples: ['clients remove 4k2v --yes'],
    options: (command) => withTable(command).option('--yes', 'do not ask'),
    action: async (subject: string, { table, yes = false }: { table?: string; yes?: boolean }) => {
      const place = await registryOf(session, { table });
      const text = { pl: `Usunąć klienta ${subject}?`, en: `Remove the client ${subject}?` };
      await askConfirmed(session.io, { text, flag: '--yes', given: yes }, session.language);
      const { removeClient } = await withSdk();
      if (!(await removeClient(place, subject))) throw noClient(subject);
      const json = { clientId: subject, state: 'removed' };
      session.show({ json, text: () => `${subject}: ${session.said(REMOVED)}\n` });
    },
  });
}

const REMOVED = { pl: 'usunięto', en: 'removed' };

const noClient = (subject: string) =>
  new CliError(EXIT.notFound, {
    pl: `Nie ma klienta „${subject}”. Klientów pokazuje: klamka clients list`,
    en: `There is no client "${subject}". This shows the clients: klamka clients list`,
  });

/** Loads the AWS SDK, which takes longer to start than all the rest, for these commands only. */
const withSdk = () => import('../../clients/clients.ts');

async function idsIn(session: Session, accounts: string): Promise<string[]> {
  const ids: string[] = [];
  for (const one of accounts.split(',').filter((id) => id !== '' && id !== 'none'))
    ids.push(await accountId(session, one));
  return ids;
}

/** The table of `--table`, of the profile, or of the embedded stack. Throws CliError. */
async function registryOf(
  session: Session,
  { table }: { table?: string | undefined },
): Promise<RegistryPlace> {
  const registry: Registry | undefined = table === undefined ? (await session.place()).registry : { table };
  if (registry === undefined) {
    throw usageError({
      pl: 'Profil nie zna tabeli klientów. Podaj --table (wyjście RegistryTableName) albo dodaj profil z --registry-table.',
      en: 'The profile knows no table of clients. Give --table (output RegistryTableName), or add the profile with --registry-table.',
    });
  }
  const { local } = registry;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { table: registry.table, ...(local !== undefined && { aws: { ...local, credentials } }) };
}
