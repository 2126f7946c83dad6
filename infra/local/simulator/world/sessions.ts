import { createHash, randomBytes } from 'node:crypto';
import { Refusal } from './refusal.ts';

export interface Session {
  /** Digest of the handle. The handle itself is not kept. */
  readonly digest: string;
  readonly sellerId: number;
  readonly countryId: number;
  readonly webapiKey: string;
  /** The client's IP address. The session works from this address only. */
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

  /** Opens a session and returns its handle. The oldest sessions above `cap` end silently. */
  open(session: Omit<Session, 'digest'>, cap: number): string {
    const handle = `${randomBytes(24).toString('hex')}_${session.countryId}`;
    const digest = digestOf(handle);
    this.#byDigest.set(digest, { ...session, digest });
    const own = this.#of(session.sellerId);
    for (const surplus of own.slice(0, Math.max(0, own.length - cap))) this.#byDigest.delete(surplus.digest);
    return handle;
  }

  /**
   * The session of a handle. Throws `Refusal` for a handle that is unknown, used from another address, or too
   * old.
   */
  find(
    handle: string,
    { address, now, lifeSeconds }: { address: string; now: number; lifeSeconds: number },
  ): Session {
    const session = this.#byDigest.get(digestOf(handle));
    if (session === undefined || session.address !== address) throw new Refusal('ERR_NO_SESSION');
    if (now >= session.createdAt + lifeSeconds) throw new Refusal('ERR_SESSION_EXPIRED');
    return session;
  }

  /** The seller of a session, whether or not the session still works. */
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
