import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../base/secret.ts';
import { type EpochMillis, toSeconds } from '../base/time.ts';

/** Secrets and signatures follow https://www.standardwebhooks.com. */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

export const newSigningSecret = (): Secret =>
  new Secret(`${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`);

export interface Signed {
  readonly id: string;
  readonly atMillis: EpochMillis;
  /** The body exactly as it is sent, byte for byte. */
  readonly body: string;
}

/** The headers of an attempt; each valid secret signs once. */
export function signatureHeaders({ id, atMillis, body }: Signed, secrets: readonly Secret[]) {
  const timestamp = String(toSeconds(atMillis));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.reveal().slice(PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}
