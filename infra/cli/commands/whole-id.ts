import type { AnswerOf } from '../api/contract.ts';
import { usageError } from '../exit.ts';
import type { Session } from '../session.ts';

/** Ids as Klamka makes them. A shorter text can be the beginning of one. */
const WHOLE = /^[0-9a-f]{16,64}$/;
/** Characters from which on a beginning is looked up, as for accounts. */
const SHORTEST = 4;

export const webhookId = (session: Session, given: string): Promise<string> =>
  wholeId(given, async () => (await session.call('webhooks.list', {})).webhooks.map((one) => one.webhookId));

export const keyId = (session: Session, given: string): Promise<string> =>
  wholeId(given, async () => {
    const of = ({ integrationKeys }: AnswerOf<'keys.list'>) => integrationKeys;
    return (await session.pages('keys.list', {}, { of })).entries.map((one) => one.integrationKeyId);
  });

export const importId = (session: Session, accountId: string, given: string): Promise<string> =>
  wholeId(given, async () => {
    const { imports } = await session.call('imports.list', { params: { accountId } });
    return imports.map((one) => one.importId);
  });

/**
 * The id that begins with what was given. What begins no id is left as it is, because the API says where to look it up.
 * Throws CliError if several ids begin with it.
 */
async function wholeId(given: string, list: () => Promise<readonly string[]>): Promise<string> {
  if (WHOLE.test(given) || given.length < SHORTEST) return given;
  const fit = (await list()).filter((id) => id.startsWith(given));
  if (fit.length > 1 && !fit.includes(given)) throw several(given, fit);
  return fit.length === 1 ? (fit[0] ?? given) : given;
}

const several = (given: string, fit: readonly string[]) =>
  usageError({
    pl: `Od „${given}” zaczyna się kilka identyfikatorów: ${fit.join(', ')}. Podaj więcej znaków.`,
    en: `Several ids begin with "${given}": ${fit.join(', ')}. Give more characters.`,
  });
