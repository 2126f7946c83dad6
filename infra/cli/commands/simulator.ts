import { type Command, Option } from 'commander';
import { control, loginsAt } from '../follow/simulator.ts';
import type { Session } from '../session.ts';
import { quoted } from '../show/text.ts';
import { addCommand, addGroup } from './command.ts';

/** Ids of the countries of the simulated marketplaces. */
const COUNTRIES: Readonly<Record<string, number>> = { allegro: 1, aukro: 56 };

export function simulatorCommands(program: Command, session: Session): void {
  const simulator = addGroup(program, 'simulator', 'The simulated marketplace of the embedded stack.');
  addCommand(simulator, 'seller <login>', {
    description:
      'Makes a seller with two-step login, or finds it, and generates an application password for it.',
    examples: ['simulator seller sklep_3', 'simulator seller obchod_4 --marketplace aukro'],
    options: (command) =>
      command.addOption(
        new Option('--marketplace <id>', 'where it sells').choices(Object.keys(COUNTRIES)).default('allegro'),
      ),
    action: async (login: string, { marketplace }: { marketplace: string }) => {
      const { simulatorUrl } = await session.embedded();
      if (!(await isKnown(session, simulatorUrl, login))) {
        const body = { login, country: COUNTRIES[marketplace], twoStep: true };
        await control(session, simulatorUrl, { path: '/_sim/sellers', body, wanted: 'login' });
      }
      const made = await control(session, simulatorUrl, {
        path: `/_sim/sellers/${encodeURIComponent(login)}/application-passwords`,
        body: { name: `Klamka ${new Date(session.io.now()).toISOString()}` },
        wanted: 'applicationPassword',
      });
      const { applicationPassword } = made;
      const next = `klamka accounts add --marketplace ${marketplace} --login ${quoted(login)}`;
      const text = () =>
        session.facts([
          ['login', login],
          ['application password', applicationPassword],
          ['then', next],
        ]);
      session.show({ json: { login, marketplace, applicationPassword }, text });
    },
  });
}

const isKnown = async (session: Session, simulatorUrl: string, login: string): Promise<boolean> =>
  (await loginsAt(session, simulatorUrl)).includes(login.trim().toLowerCase());
