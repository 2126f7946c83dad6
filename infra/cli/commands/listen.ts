import { type Command, Option } from 'commander';
import { EVENT_TYPES } from '../../../functions/contract/webhooks.ts';
import { Interrupted } from '../exit.ts';
import { type Attempt, type EventType, localUrl, signingSecret } from '../follow/deliver.ts';
import { Forwarder } from '../follow/forward.ts';
import { readKeys } from '../follow/keys.ts';
import type { Session } from '../session.ts';
import { clean } from '../show/text.ts';
import { startOf, withStart } from './changes.ts';
import { addCommand } from './command.ts';

interface ListenOptions {
  readonly forward: string;
  readonly account?: string;
  readonly after?: string;
  readonly fromStart?: boolean;
  readonly event?: EventType[];
}

export function listenCommand(program: Command, session: Session): void {
  addCommand(program, 'listen', {
    description:
      'Posts each change from now on to a server on this machine, signed like a webhook. Keys: r sends the last one again, d shows it, q ends.',
    examples: [
      'listen --forward http://localhost:4000/hook',
      'listen --forward http://localhost:4000/hook --event order.paid order.cancelled --account sklep_1',
      ['listen --forward http://localhost:4000', 'KLAMKA_SIGNING_SECRET gives the same secret each time'],
    ],
    options: (command) =>
      withStart(command)
        .requiredOption('--forward <url>', 'address of the server')
        .addOption(new Option('--event <event...>', 'only these events').choices(EVENT_TYPES)),
    action: async (options: ListenOptions) => {
      const url = localUrl(options.forward);
      const given = session.io.env.KLAMKA_SIGNING_SECRET;
      const secret = signingSecret(given);
      const start = await startOf(session, options, 'end');
      const quit = new AbortController();
      const listening = session.until(quit.signal);
      const { signal, now } = listening.io;
      const receiver = { url, secret, signal, now };
      const forwarding = { ...start, follow: true, limit: 25, receiver, events: options.event };
      const forwarder = new Forwarder(listening, forwarding, (attempt, next) => tell(session, attempt, next));
      announce(session, url, given === undefined || given === '' ? secret.reveal() : undefined);
      using _keys = keysOf(session, forwarder, quit);
      try {
        await forwarder.run();
      } catch (error) {
        if (!(error instanceof Interrupted) || !quit.signal.aborted) throw error;
      } finally {
        if (forwarder.position !== undefined && forwarder.position !== 'end')
          session.note({
            pl: `Dalej od tego miejsca: --after ${forwarder.position}`,
            en: `To continue from here: --after ${forwarder.position}`,
          });
      }
    },
  });
}

/** Keys work in a terminal only; a program that reads lines of JSON gets nothing between them. */
function keysOf(session: Session, forwarder: Forwarder, quit: AbortController): Disposable {
  if (session.io.stdin.isTTY !== true || session.isJson) return { [Symbol.dispose]: () => undefined };
  return readKeys(session.io, {
    r: () => void forwarder.again(),
    d: () => session.io.out(detailsOf(forwarder.last)),
    q: () => quit.abort(),
  });
}

/** `secret` is given if it is of this session only. */
function announce(session: Session, url: URL, secret: string | undefined): void {
  if (session.isJson) {
    session.showNext({
      json: { listening: url.href, ...(secret !== undefined && { secret }) },
      text: () => '',
    });
    return;
  }
  const keys = session.io.stdin.isTTY === true;
  session.note({
    pl: `Zmiany zamówień będą wysyłane na ${url.href}.${keys ? ' Klawisze: r wysyła jeszcze raz, d pokazuje szczegóły, q kończy.' : ''}`,
    en: `Changes of orders are sent to ${url.href}.${keys ? ' Keys: r sends again, d shows details, q ends.' : ''}`,
  });
  session.note(
    secret === undefined
      ? { pl: 'Podpisuje sekret z KLAMKA_SIGNING_SECRET.', en: 'The secret of KLAMKA_SIGNING_SECRET signs.' }
      : { pl: `Podpisuje sekret tej sesji: ${secret}`, en: `The secret of this session signs: ${secret}` },
  );
}

function tell(session: Session, attempt: Attempt, { retryMillis }: { retryMillis?: number }): void {
  const { change, outcome } = attempt;
  const reason = outcome === 'delivered' ? undefined : outcome.reason;
  const json = {
    type: attempt.type,
    id: attempt.id,
    accountId: change.accountId,
    number: change.number,
    orderId: change.orderId,
    delivered: outcome === 'delivered',
    ...(attempt.status !== undefined && { status: attempt.status }),
    ...(reason !== undefined && { reason }),
    millis: attempt.millis,
    ...(retryMillis !== undefined && { retryMillis }),
  };
  session.showNext({ json, text: () => lineOf(session, attempt, retryMillis) });
}

function lineOf({ language, io }: Session, attempt: Attempt, retryMillis: number | undefined): string {
  const { type, change, outcome, status, millis } = attempt;
  const at = new Date(io.now()).toLocaleTimeString('sv-SE');
  const answer = status ?? (outcome === 'delivered' ? '' : outcome.reason);
  const isFailed = outcome !== 'delivered';
  const next = retryMillis === undefined ? GIVEN_UP[language] : RETRY[language](retryMillis / 1_000);
  return [at, type, change.orderId, answer, `${millis} ms`, ...(isFailed ? [next] : [])].join('  ');
}

const RETRY = {
  pl: (seconds: number) => `ponowimy za ${seconds} s`,
  en: (seconds: number) => `next try in ${seconds} s`,
};
const GIVEN_UP = { pl: 'nie ponawiamy; r wysyła jeszcze raz', en: 'not tried again; r sends it again' };

function detailsOf(attempt: Attempt | undefined): string {
  if (attempt === undefined) return '-\n';
  const { headers, body, outcome, status, millis } = attempt;
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const shown = JSON.stringify(JSON.parse(body), null, 2).split('\n').map(clean);
  const answer = status === undefined && outcome !== 'delivered' ? outcome.reason : `HTTP ${status}`;
  return `\n${[...sent, '', ...shown, '', `${answer}, ${millis} ms`].join('\n')}\n\n`;
}
