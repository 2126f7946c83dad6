import { reach } from '../api/client.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';

/** An answer of the simulated marketplace: texts by name. */
type Acted<Name extends string> = Readonly<Record<Name, string>>;

/**
 * Has the simulated marketplace do something whose answer has the text `wanted`, and perhaps others. Throws CliError with
 * its reason if it refuses.
 */
export async function control<Name extends string>(
  { io }: Pick<Session, 'io'>,
  simulatorUrl: string,
  { path, body = {}, wanted }: { path: string; body?: object; wanted: Name },
): Promise<Acted<Name>> {
  const request = { method: 'POST', body: JSON.stringify(body), signal: io.signal };
  const answer = await reach(new URL(`${simulatorUrl}${path}`), request);
  const content = (await answer.json().catch(() => ({}))) as Partial<Acted<Name | 'error'>>;
  if (answer.ok && content[wanted] !== undefined) return content as Acted<Name>;
  const reason = content.error ?? `HTTP ${answer.status}`;
  throw new CliError(answer.status === 404 ? EXIT.notFound : EXIT.conflict, {
    pl: `Symulowany serwis odmówił: ${reason}`,
    en: `The simulated marketplace refused: ${reason}`,
  });
}

/** The logins of the sellers that the simulated marketplace has, in lower case. */
export async function loginsAt({ io }: Pick<Session, 'io'>, simulatorUrl: string): Promise<string[]> {
  const answer = await reach(new URL(`${simulatorUrl}/_sim/sellers`), { signal: io.signal });
  const { sellers } = (await answer.json()) as { sellers: { login: string }[] };
  return sellers.map(({ login }) => login.toLowerCase());
}
