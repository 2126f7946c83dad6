import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

export interface Session {
  /** Digest of the handle; the handle itself is only known to the one who logged in. */
  readonly digest: string;
  readonly sellerId: number;
  readonly countryId: number;
  readonly webapiKey: string;
  /** The client's IP address: the session works from there only. */
  readonly address: string;
  readonly createdAt: number;
}

const digestOf = (handle: string) => createHash('sha256').update(handle).digest('base64');

/** The open sessions, each in the order of its creation. */
export class Sessions {
  readonly #byDigest: Map<string, Session>;

  constructor(saved: readonly Session[] = []) {
    this.#byDigest = new Map(saved.map((session) => [session.digest, session]));
  }

  snapshot(): Session[] {
    return [...this.#byDigest.values()];
  }

  /** Returns the new handle. The oldest sessions above the cap end without a word. */
  open(session: Omit<Session, 'digest'>, cap: number): string {
    const handle = `${randomBytes(24).toString('hex')}_${session.countryId}`;
    const digest = digestOf(handle);
    this.#byDigest.set(digest, { ...session, digest });
    const own = this.#of(session.sellerId);
    for (const surplus of own.slice(0, Math.max(0, own.length - cap))) this.#byDigest.delete(surplus.digest);
    return handle;
  }

  /** Throws `Refusal` for a handle that is unknown, used from elsewhere, or too old. */
  find(
    handle: string,
    { address, now, lifeSeconds }: { address: string; now: number; lifeSeconds: number },
  ): Session {
    const session = this.#byDigest.get(digestOf(handle));
    if (session === undefined || session.address !== address) throw new Refusal('ERR_NO_SESSION');
    if (now >= session.createdAt + lifeSeconds) throw new Refusal('ERR_SESSION_EXPIRED');
    return session;
  }

  /** Whose session this is or was meant to be, whether or not it still works. */
  sellerIdOf(handle: string): number | undefined {
    return this.#byDigest.get(digestOf(handle))?.sellerId;
  }

  kill(sellerId: number): number {
    const own = this.#of(sellerId);
    for (const { digest } of own) this.#byDigest.delete(digest);
    return own.length;
  }

  countLive(sellerId: number, { now, lifeSeconds }: { now: number; lifeSeconds: number }): number {
    return this.#of(sellerId).filter((session) => now < session.createdAt + lifeSeconds).length;
  }

  #of(sellerId: number): Session[] {
    return [...this.#byDigest.values()].filter((session) => session.sellerId === sellerId);
  }
}
