import { reach } from '../api/client.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Session } from '../session.ts';

interface Acted {
  readonly orderId: string;
  readonly purchaseId?: string;
  readonly saleId?: string;
}

/** Has the simulated marketplace do something. Throws CliError with its reason if it refuses. */
export async function control(
  { io }: Pick<Session, 'io'>,
  simulatorUrl: string,
  { path, body = {} }: { path: string; body?: object },
): Promise<Acted> {
  const request = { method: 'POST', body: JSON.stringify(body), signal: io.signal };
  const answer = await reach(new URL(`${simulatorUrl}${path}`), request);
  const content = (await answer.json().catch(() => ({}))) as Partial<Acted> & { error?: string };
  const { orderId } = content;
  if (answer.ok && orderId !== undefined) return { ...content, orderId };
  const reason = content.error ?? `HTTP ${answer.status}`;
  throw new CliError(answer.status === 404 ? EXIT.notFound : EXIT.conflict, {
    pl: `Symulowany serwis odmówił: ${reason}`,
    en: `The simulated marketplace refused: ${reason}`,
  });
}
