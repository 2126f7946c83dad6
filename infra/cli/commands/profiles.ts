import type { Command } from 'commander';
import { listProfiles, type Profile, readProfile, removeProfile, saveProfile } from '../api/profiles.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';
import { orDash } from '../show/text.ts';
import { addCommand, addGroup } from './command.ts';

interface ProfileOptions {
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope?: string;
  readonly registryTable?: string;
}

const noProfile = (name: string) =>
  new CliError(EXIT.notFound, {
    pl: `Nie ma profilu „${name}”. Profile pokazuje: klamka profiles list`,
    en: `There is no profile "${name}". This shows the profiles: klamka profiles list`,
  });
const STORED = { pl: 'zapisano', en: 'stored' };
const REMOVED = { pl: 'usunięto', en: 'removed' };

export function profileCommands(program: Command, session: Session): void {
  const { env } = session.io;
  const profiles = addGroup(
    program,
    'profiles',
    'Deployed installations that this command line can work with.',
  );
  addCommand(profiles, 'add <profile>', {
    description:
      'Stores how to reach an installation. Its client secret is asked for when a token is needed.',
    examples: [
      [
        'profiles add prod --url https://api.example.org/v1 --token-url https://auth.example.org/oauth2/token --client-id 4k2v',
        'outputs of the stack: npx serverless info --verbose',
      ],
    ],
    options: (command) =>
      command
        .requiredOption('--url <url>', 'address of the API')
        .requiredOption('--token-url <url>', 'address that issues tokens by client credentials')
        .requiredOption('--client-id <id>', 'id of the client at the issuer')
        .option('--scope <scopes>', 'scopes to ask for, with spaces; by default all that the client may have')
        .option('--registry-table <name>', 'table of clients, for the command clients'),
    action: async (name: string, { url, tokenUrl, clientId, scope, registryTable }: ProfileOptions) => {
      const profile: Profile = {
        url,
        tokenUrl,
        clientId,
        ...(scope !== undefined && { scope }),
        ...(registryTable !== undefined && { registryTable }),
      };
      await saveProfile(env, name, profile);
      session.show({ json: { profile: name, ...profile }, text: () => `${name}: ${session.said(STORED)}\n` });
    },
  });
  addCommand(profiles, 'list', {
    description: 'Lists the profiles.',
    examples: ['profiles list'],
    action: async () => {
      const found: ({ profile: string } & Profile)[] = [];
      for (const name of await listProfiles(env))
        found.push({ profile: name, ...(await readProfile(env, name)) });
      const text = () =>
        session.table(found, [
          ['PROFILE', ({ profile }) => profile],
          ['URL', ({ url }) => url],
          ['CLIENT', ({ clientId }) => clientId],
          ['REGISTRY TABLE', ({ registryTable }) => orDash(registryTable)],
        ]);
      session.show({ json: { profiles: found }, text });
    },
  });
  addCommand(profiles, 'remove <profile>', {
    description: 'Removes a profile and its token.',
    examples: ['profiles remove prod'],
    action: async (name: string) => {
      const known = (await listProfiles(env)).includes(name);
      await removeProfile(env, name);
      if (!known) throw noProfile(name);
      const json = { profile: name, state: 'removed' };
      session.show({ json, text: () => `${name}: ${session.said(REMOVED)}\n` });
    },
  });
}
