import { confirm, isCancel, password } from '@clack/prompts';
import { CliError, EXIT, Interrupted, usageError } from './exit.ts';
import type { Io } from './io.ts';

/** More than any password or key has. */
const LONGEST_SECRET = 4_096;
/** Time within which standard input has to come to its end. */
const PATIENCE_MILLIS = 60_000;

/**
 * A secret from the terminal, where nothing of it appears, or from standard input. Never from an argument, which
 * other users of the machine can read. `name` says what is asked for.
 */
export async function askSecret(
  io: Io,
  name: { pl: string; en: string },
  language: 'pl' | 'en',
): Promise<string> {
  if (io.stdin.isTTY !== true) return await pipedSecret(io, name, PATIENCE_MILLIS);
  const given = await password({
    message: name[language],
    mask: '*',
    input: io.stdin,
    output: io.terminal,
    signal: io.signal,
  });
  if (isCancel(given)) throw new Interrupted();
  if (given === undefined || given === '') throw missing(name);
  return given;
}

/**
 * The whole of standard input without the line end that programs put after it. A program that leaves its end open and
 * writes nothing would otherwise keep the command waiting for ever.
 */
export async function pipedSecret(
  io: Io,
  name: { pl: string; en: string },
  patienceMillis: number,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const ended = AbortSignal.any([io.signal, AbortSignal.timeout(patienceMillis)]);
  const stop = () => io.stdin.destroy();
  ended.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of io.stdin as AsyncIterable<Buffer | string>) {
      const piece = Buffer.from(chunk);
      bytes += piece.length;
      if (bytes > LONGEST_SECRET) throw missing(name);
      chunks.push(piece);
    }
  } catch (error) {
    if (!ended.aborted) throw error;
  } finally {
    ended.removeEventListener('abort', stop);
  }
  if (io.signal.aborted) throw new Interrupted();
  if (ended.aborted) throw missing(name);
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text === '' || /[\r\n]/.test(text)) throw missing(name);
  return text;
}

const missing = ({ pl, en }: { pl: string; en: string }) =>
  usageError({
    pl: `${pl}: podaj w terminalu, gdy o to poprosimy, albo jednym wierszem na standardowym wejściu.`,
    en: `${en}: type it in the terminal when asked, or give it as one line on standard input.`,
  });

/** Asks a person to confirm; without a terminal only `flag` confirms. Throws CliError unless the answer is yes. */
export async function askConfirmed(
  io: Io,
  question: { text: { pl: string; en: string }; flag: string; given: boolean },
  language: 'pl' | 'en',
): Promise<void> {
  const { text, flag, given } = question;
  if (given) return;
  if (io.stdin.isTTY !== true) {
    throw usageError({ pl: `${text.pl} Potwierdź opcją ${flag}.`, en: `${text.en} Confirm with ${flag}.` });
  }
  const answer = await confirm({
    message: text[language],
    initialValue: false,
    input: io.stdin,
    output: io.terminal,
    signal: io.signal,
  });
  if (isCancel(answer)) throw new Interrupted();
  if (!answer) throw new CliError(EXIT.conflict, { pl: 'Nic nie zmieniono.', en: 'Nothing was changed.' });
}
