import { parseArgs } from 'node:util';
import { ROLES } from '../../functions/contract/scopes.ts';
import { isRole, removeClient, writeClient } from './clients.ts';

const USAGE = `Writes who may call the API into the registry table, with your AWS credentials: the first administrator, for one.

  npm run client -- --table TABLE --subject SUBJECT --role administrator --name "Anna"
  npm run client -- --table TABLE --subject SUBJECT --remove

Options
  --table NAME     the registry table: output RegistryTableName of the stack (npx serverless info --verbose)
  --subject ID     \`sub\` of the tokens: the app client id of a program, the user id of a person
  --role ROLE      ${Object.keys(ROLES).join(' | ')}
  --accounts IDS   binds the client to these accounts, and to those that it adds; 'none' to begin with none.
                   Without this option it sees all accounts
  --name NAME      for people who look at the list
  --remove         takes the client out; its tokens open nothing from then on

Tokens can narrow what a role permits, and never widen it.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      table: { type: 'string' },
      subject: { type: 'string' },
      role: { type: 'string' },
      name: { type: 'string' },
      accounts: { type: 'string' },
      remove: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { table, subject, role = '', name, accounts, remove = false } = values;
  if (values.help === true) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (table === undefined || subject === undefined || (!remove && !isRole(role))) {
    process.stderr.write(`Give --table, --subject and --role (or --remove).\n\n${USAGE}\n`);
    return 2;
  }
  const accountIds = accounts?.split(',').filter((id) => id !== '' && id !== 'none');
  if (isRole(role)) await writeClient({ table }, { subject, role, name: name ?? subject, accountIds });
  else if (!(await removeClient({ table }, subject))) {
    process.stderr.write(`There is no client "${subject}" in this table.\n`);
    return 1;
  }
  process.stdout.write(`${subject}: ${isRole(role) ? role : 'removed'}\n`);
  return 0;
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});
