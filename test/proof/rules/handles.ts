import type { Session } from '../../../functions/core/access/session-store.ts';
import { SECOND } from '../../../functions/core/base/time.ts';
import type { Process } from '../process.ts';
import type { Watch } from './watch.ts';

export function read(
  watch: Watch,
  { process, session }: { process: Process; session: Session | undefined },
): void {
  process.notes.sessionReadAt = watch.now;
  if (session === undefined) return;
  const clock = watch.now + process.skewMillis;
  if (session.expiresAtMillis <= clock) watch.saw('8 expired handle still stored');
  if (process.egressId !== 'unpinned' && session.egressId !== process.egressId)
    watch.saw('11 handle of another address stored');
  if (
    process.notes.leaseWonAt !== undefined &&
    session.loggedInAtMillis > process.startedAt + process.skewMillis - 1_000
  )
    watch.saw('5 somebody else had logged in');
}

/** Checks that a handle has not expired, by its user's clock, when the user first calls with it. */
export function begun(watch: Watch, { process, handle }: { process: Process; handle: string }): void {
  const { notes } = process;
  if (notes.handles.has(handle)) return;
  notes.handles.add(handle);
  const owner = watch.world.market.sellers
    .flatMap(({ handles }) => handles)
    .find((one) => one.handle === handle);
  if (owner !== undefined && owner.until < watch.now + process.skewMillis - 15 * SECOND)
    watch.violate('8 expiry is judged when reading', `p${process.id} uses an expired handle`);
}

/** The number of a handle; the marketplace numbers handles in their order. */
const numberOf = (session: Session): number => Number(session.handle.reveal().replace(/^\D+/, ''));

export function replaced(
  watch: Watch,
  { process, old, session }: { process: Process; old: Session | undefined; session: Session },
): void {
  if (old !== undefined && numberOf(old) > numberOf(session))
    watch.violate('4 a younger handle stays', `p${process.id} replaces it by an older one`);
}

export function saved(
  watch: Watch,
  { process, accountId, session }: { process: Process; accountId: string; session: Session },
): void {
  watch.savedAt.set(accountId, watch.now);
  process.notes.stored = { accountId, handle: session.handle.reveal() };
  if (watch.lenient) return;
  const row = watch.world.store.rows.get(accountId);
  const { savedUnder } = process.notes;
  if (savedUnder === undefined)
    watch.violate('4 results only under the lease', `p${process.id} stores a handle that nobody recorded`);
  if (row?.leaseToken !== savedUnder) watch.saw('4 handle stored late');
  if (process.notes.notOwner === accountId)
    watch.violate('13 one seller is one account', `${accountId} gets a handle of another account's seller`);
}

export function dropped(
  watch: Watch,
  { process, session, accountId }: { process: Process; accountId: string; session: Session },
): void {
  const row = watch.world.store.rows.get(accountId);
  if (row === undefined || row.phase === 'removing') return;
  const handle = session.handle.reveal();
  const deaths = process.notes.deaths.get(handle) ?? 0;
  if (deaths === 0) watch.violate('10 only the dead handle is dropped', `p${process.id} drops ${handle}`);
  if (deaths === 1 && process.notes.youngDeaths.has(handle))
    watch.violate('10 a young handle is tried again', `p${process.id} drops ${handle} at once`);
}

export function used(
  watch: Watch,
  { process, handle, live }: { process: Process; handle: string; live: boolean },
): void {
  const { notes } = process;
  const owner = watch.world.market.sellers
    .flatMap(({ handles }) => handles)
    .find((one) => one.handle === handle);
  if (owner !== undefined && process.egressId !== 'unpinned' && owner.address !== process.egressId)
    watch.violate(
      '11 a handle stays at its address',
      `p${process.id} uses ${handle} from ${process.egressId}`,
    );
  if (live) return;
  const deaths = (notes.deaths.get(handle) ?? 0) + 1;
  notes.deaths.set(handle, deaths);
  watch.saw('10 handle dies in a call');
  if (deaths > 2)
    watch.violate('10 a call is repeated once', `p${process.id} uses a dead handle again and again`);
  const [newest] = [...watch.world.store.sessions.values()].filter((one) => one.handle.reveal() === handle);
  if (newest === undefined) watch.saw('10 somebody has refreshed since');
  const age = watch.now + process.skewMillis - (newest?.loggedInAtMillis ?? 0);
  // Only a handle well below the age limit counts, because the process reads its own clock a moment later.
  if (age < 15 * SECOND && deaths === 1) {
    notes.youngDeaths.add(handle);
    watch.saw('10 young handle dies');
  }
}
