import { Command, CommanderError } from 'commander';
import { accountCommands } from './commands/accounts.ts';
import { auditCommand } from './commands/audit.ts';
import { buyerCommands } from './commands/buyers.ts';
import { changeCommands } from './commands/changes.ts';
import { clientCommands } from './commands/clients.ts';
import { completionCommands } from './commands/completion.ts';
import { consumerCommands } from './commands/consumers.ts';
import { historyCommands } from './commands/history.ts';
import { keyCommands } from './commands/keys.ts';
import { listenCommand } from './commands/listen.ts';
import { logCommand } from './commands/logs.ts';
import { offerCommands } from './commands/offers.ts';
import { orderCommands } from './commands/orders.ts';
import { profileCommands } from './commands/profiles.ts';
import { simulatorCommands } from './commands/simulator.ts';
import { syncCommands } from './commands/sync.ts';
import { triggerCommand } from './commands/trigger.ts';
import { webhookCommands } from './commands/webhooks.ts';
import { Ended, EXIT, type ExitCode } from './exit.ts';
import type { Io } from './io.ts';
import { Session } from './session.ts';
import { endingOf } from './show/problem.ts';
import { wrap } from './show/text.ts';
import { checkValues, usageProblem } from './usage.ts';

const AFTER = `
Without options it works with the embedded stack that npm start runs on this machine.

Exit codes:
  0 done, 1 failed, 2 wrong usage or input, 3 not authorised, 4 not found,
  5 not possible in the present state, 6 a person has to act (for example, the
  password was refused), 7 try again later, 130 interrupted

Messages are Polish if LANG begins with pl, else English.
More: infra/cli/README.md`;

/** All commands. The session is configured before one of them runs. */
export function programOf(session: Session): Command {
  const program = new Command('klamka')
    .description('Connects sellers, watches their orders, and helps those who build an integration.')
    .option(
      '--profile <profile>',
      'work with a deployed installation (klamka profiles add); also KLAMKA_PROFILE',
    )
    .option('--data <dir>', 'data folder of the embedded stack, if npm start was given one; also KLAMKA_DATA')
    .option('--json', 'print JSON for programs: one document, or a line for each entry when following')
    .addHelpText('after', AFTER)
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .hook('preAction', (_, command) => {
      checkValues(command);
      session.configure(command.optsWithGlobals());
    });
  for (const add of [
    accountCommands,
    keyCommands,
    syncCommands,
    orderCommands,
    buyerCommands,
    offerCommands,
    changeCommands,
    consumerCommands,
    webhookCommands,
    historyCommands,
    auditCommand,
    listenCommand,
    triggerCommand,
    simulatorCommands,
    logCommand,
    clientCommands,
    profileCommands,
    completionCommands,
  ])
    add(program, session);
  inherit(program, session.io);
  return program;
}

/** The codes with which help was shown, which is no error, or was asked for by a group without a command. */
const HELP = new Set(['commander.help', 'commander.helpDisplayed', 'commander.version']);

/** Commands do not inherit how their program writes and exits if they were made apart from it. */
function inherit(command: Command, io: Io): void {
  command
    .exitOverride((error) => {
      throw HELP.has(error.code) ? error : usageProblem(command, error);
    })
    .configureOutput({
      writeOut: (text) => io.out(text),
      writeErr: (text) => io.err(text),
      // The parser says nothing: the error with which the command ends has the complaint and its remedy.
      outputError: () => undefined,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const child of command.commands) inherit(child, io);
}

/** The lines of a text, each broken where the terminal ends. */
const wrapped = (text: string, columns: number): string =>
  text
    .split('\n')
    .flatMap((line) => wrap(line, columns))
    .join('\n');

/** `help accounts add` as `accounts add --help`: the parser's own help knows groups only. */
const helpFor = ([first, ...more]: readonly string[]): string[] =>
  first === 'help' ? [...more, '--help'] : [...(first === undefined ? [] : [first]), ...more];

/** Whether a line asks for JSON that could not be read as a whole. */
const asksForJson = (words: readonly string[]): boolean =>
  words.slice(0, words.includes('--') ? words.indexOf('--') : undefined).includes('--json');

/** Runs a command line, without the names of the program. Errors are shown, not thrown. */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  const session = new Session(io);
  try {
    await programOf(session).parseAsync(helpFor(words), { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Help was printed by the parser.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof Ended) return error.exit;
    const { exit, text, json } = endingOf(error, session.language);
    if (exit !== EXIT.interrupted)
      io.err(session.isJson || asksForJson(words) ? `${JSON.stringify(json)}\n` : wrapped(text, io.columns));
    return exit;
  }
}
