import type { Command } from 'commander';
import type { AnswerOf } from '../api/contract.ts';
import { askConfirmed } from '../ask.ts';
import type { Session } from '../session.ts';
import { time } from '../show/text.ts';
import { addCommand, addGroup } from './command.ts';
import { keyId } from './whole-id.ts';

type Key = AnswerOf<'keys.register'>;

const REMOVED = { pl: 'usunięto', en: 'removed' };
const KEY = { pl: 'Klucz integracji', en: 'Integration key' };

export function keyCommands(program: Command, session: Session): void {
  const keys = addGroup(program, 'keys', 'Integration keys, with which accounts reach the marketplace.');
  addCommand(keys, 'list', {
    description: 'Lists the integration keys, without their secrets.',
    examples: ['keys list'],
    action: async () => {
      const of = ({ integrationKeys }: AnswerOf<'keys.list'>) => integrationKeys;
      const { entries } = await session.pages('keys.list', {}, { of });
      const text = () =>
        session.table(entries, [
          ['KEY', ({ integrationKeyId }) => integrationKeyId],
          ['LABEL', ({ label }) => label],
          ['REGISTERED', ({ createdAt }) => time(createdAt)],
          [
            'TROUBLE',
            ({ trouble }) => (trouble === null ? '-' : `${trouble.reason} since ${time(trouble.since)}`),
          ],
        ]);
      session.show({ json: { integrationKeys: entries }, text });
    },
  });
  addCommand(keys, 'register', {
    description: 'Registers the key of your integration, once; many accounts can use it.',
    examples: [['keys register --label ERP', 'asks for the key'], 'keys register --label ERP < key.txt'],
    options: (command) => command.requiredOption('--label <label>', 'a name for people'),
    action: async ({ label }: { label: string }) => {
      const integrationKey = await session.secret(KEY);
      showKey(session, await session.call('keys.register', { body: { label, integrationKey } }));
    },
  });
  addCommand(keys, 'replace <key>', {
    description: 'Puts another key behind the same id.',
    examples: ['keys replace 9f0c2d'],
    action: async (given: string) => {
      const params = { keyId: await keyId(session, given) };
      const body = { integrationKey: await session.secret(KEY) };
      showKey(session, await session.call('keys.replace', { params, body }));
    },
  });
  addCommand(keys, 'remove <key>', {
    description: 'Removes a key that no account uses.',
    examples: ['keys remove 9f0c2d --yes'],
    options: (command) => command.option('--yes', 'do not ask'),
    action: async (given: string, { yes = false }: { yes?: boolean }) => {
      const id = await keyId(session, given);
      const text = { pl: `Usunąć klucz ${id}?`, en: `Remove the key ${id}?` };
      await askConfirmed(session.io, { text, flag: '--yes', given: yes }, session.language);
      const answer = await session.call('keys.remove', { params: { keyId: id } });
      session.show({ json: answer, text: () => `${id}: ${session.said(REMOVED)}\n` });
    },
  });
}

const showKey = (session: Session, key: Key): void =>
  session.show({
    json: key,
    text: () =>
      session.facts([
        ['key', key.integrationKeyId],
        ['label', key.label],
        ['registered', time(key.createdAt)],
      ]),
  });
