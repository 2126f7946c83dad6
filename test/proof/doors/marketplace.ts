import type { Secret } from '../../../functions/core/base/secret.ts';
import { epochSeconds, MINUTE, SECOND } from '../../../functions/core/base/time.ts';
import type { FaultReason, MarketplaceFault } from '../../../functions/core/faults/fault.ts';
import type { Login } from '../../../functions/core/marketplace/access.ts';
import type { DriverCache } from '../../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../../functions/core/marketplace/marketplace.ts';
import type { CallOptions } from '../../../functions/core/marketplace/settings.ts';
import type { WebapiCredentials } from '../../../functions/webapi/versionkeys.ts';
import type { Attempt } from '../attempt.ts';
import { never } from '../calls.ts';
import type { Judgement, Seller } from '../market.ts';
import type { Process } from '../process.ts';
import type { Fault } from '../schedule.ts';
import type { World } from '../world.ts';

/** The marketplace as a process meets it: slow, silent, or with an answer that comes too late. */
export function marketplaceDoor(world: World, process: Process, cache: DriverCache): Marketplace {
  const side = { world, process };
  return {
    settings: world.market.settings,
    access: {
      // The driver's own code that orders the calls of a login is part of the proof.
      ...world.core.versionedLogins(
        {
          versionKey: () =>
            world.calls.make(process, {
              door: 'versionKey',
              backend: 'none',
              effect: () => versionKey(side),
              lost: () => {
                world.watch.versionKeyLost(process);
                return silence(side, 'doQuerySysStatus');
              },
            }),
          logIn: (credentials, options) => logIn(side, { credentials, options }),
        },
        cache,
      ),
      sellerId: ({ login }) => {
        // The question counts even if its answer is lost.
        world.watch.sellerAsked(process);
        return world.calls.make(process, {
          door: 'sellerId',
          backend: 'none',
          effect: () => sellerId(side, login),
          lost: () => silence(side, 'doGetUserID'),
        });
      },
    },
    sales: {
      sortKey: (position) => position,
      page: (handle, after = '0') =>
        withHandle(side, {
          door: 'saleEvents',
          handle,
          answer: () => ({ events: [], next: after, isEnd: true }),
        }),
      newest: (handle) =>
        withHandle(side, { door: 'countSaleEvents', handle, answer: () => ({ found: [], resume: '' }) }),
      remembers: () => Promise.reject(new Error('not here')),
      read: () => Promise.reject(new Error('not here')),
    },
  };
}

interface Side {
  readonly world: World;
  readonly process: Process;
}

function faultOf(
  { world }: Side,
  fault: { reason: FaultReason; outcome: MarketplaceFault['outcome']; operation: string },
): MarketplaceFault {
  return new world.core.MarketplaceFault(fault);
}

const silence = (side: Side, operation: string): MarketplaceFault =>
  faultOf(side, { reason: 'no-readable-reply', outcome: 'unclear', operation });

/** The id of the seller with a login; some marketplaces do not tell. */
function sellerId(side: Side, login: string): string {
  const { market, scheduler, schedule } = side.world;
  const operation = 'doGetUserID';
  if (market.has('silent-unjudged', scheduler.now) || market.has('silent-judged', scheduler.now))
    throw silence(side, operation);
  if (market.has('unreachable', scheduler.now))
    throw faultOf(side, { reason: 'unreachable', outcome: 'not-sent', operation });
  const reason = market.sharedAnswer(scheduler.now, [
    'key-refused',
    'key-rate-limited',
    'address-blocked',
    'marketplace-unavailable',
  ]);
  if (reason !== undefined) throw faultOf(side, { reason, outcome: 'answered', operation });
  if (!schedule.namesSellers)
    throw faultOf(side, { reason: 'feature-unknown', outcome: 'answered', operation });
  return side.world.sellerOf(login).userId;
}

function versionKey(side: Side): string {
  const { market, scheduler } = side.world;
  const operation = 'doQuerySysStatus';
  const silent =
    market.has('silent-unjudged', scheduler.now) ||
    market.has('silent-judged', scheduler.now) ||
    market.has('unreachable', scheduler.now);
  if (silent) throw faultOf(side, { reason: 'no-readable-reply', outcome: 'unclear', operation });
  const reason = market.sharedAnswer(scheduler.now, [
    'key-refused',
    'key-rate-limited',
    'address-blocked',
    'marketplace-unavailable',
  ]);
  if (reason !== undefined) throw faultOf(side, { reason, outcome: 'answered', operation });
  side.world.watch.probed(side.process);
  return String(market.versionKey);
}

function withHandle<T>(side: Side, call: { door: string; handle: Secret; answer: () => T }): Promise<T> {
  const { world, process } = side;
  const { door } = call;
  const handle = call.handle.reveal();
  world.watch.callBegun(process, handle);
  const effect = () => {
    const { market, scheduler } = world;
    const { now } = scheduler;
    if (market.has('silent-unjudged', now) || market.has('silent-judged', now))
      throw faultOf(side, { reason: 'no-readable-reply', outcome: 'unclear', operation: door });
    if (market.has('unreachable', now))
      throw faultOf(side, { reason: 'unreachable', outcome: 'not-sent', operation: door });
    const reason = market.sharedAnswer(now, [
      'key-rate-limited',
      'address-blocked',
      'marketplace-unavailable',
    ]);
    if (reason !== undefined) throw faultOf(side, { reason, outcome: 'answered', operation: door });
    const live = market.sellers.some((seller) =>
      market.isLive(seller, { handle, now, address: process.egressId }),
    );
    world.watch.handleUsed(process, { handle, live });
    if (!live) throw faultOf(side, { reason: 'session-ended', outcome: 'answered', operation: door });
    return call.answer();
  };
  return world.calls.make(process, { door, backend: 'none', effect, lost: () => silence(side, door) });
}

/** Sends a login: it leaves, arrives and is judged, and its verdict comes back or is lost. */
function logIn(side: Side, call: { credentials: WebapiCredentials; options: CallOptions }): Promise<Login> {
  const { world, process } = side;
  const { calls, scheduler } = world;
  if (!process.alive) return never();
  scheduler.activity += 1;
  const fault = calls.take(process, 'login');
  if (fault?.kind === 'crash-before') {
    calls.kill(process, 'between the write and the send');
    return never();
  }
  const sendAt = fault?.kind === 'freeze-before' ? calls.freeze(process, fault) : scheduler.now;
  return new Promise<Login>((resolve, reject) => {
    scheduler.at(sendAt, () => {
      if (process.alive) send(side, { ...call, fault, resolve, reject });
    });
  });
}

interface Sending {
  readonly credentials: WebapiCredentials;
  readonly options: CallOptions;
  readonly fault: Fault | undefined;
  readonly resolve: (login: Login) => void;
  readonly reject: (error: unknown) => void;
}

function send(side: Side, call: Sending): void {
  const { world, process } = side;
  const { scheduler, market, calls } = world;
  const { now } = scheduler;
  const operation = 'doLogin';
  if (market.has('unreachable', now) || call.fault?.kind === 'refused-by-store') {
    world.watch.notSent(process);
    calls.deliver(process, () =>
      call.reject(faultOf(side, { reason: 'unreachable', outcome: 'not-sent', operation })),
    );
    return;
  }
  const { credentials, options } = call;
  const seller = world.sellerOf(credentials.login);
  const password = credentials.applicationPassword.reveal();
  const deadline = now + options.timeoutMillis;
  const attempt = world.watch.sent(process, {
    seller,
    password,
    versionKey: credentials.versionKey,
    deadline,
  });
  const arrives = Math.min(now + calls.latency(process), deadline);
  const lostOnTheWay = call.fault?.kind === 'unknown' || market.has('silent-unjudged', now);
  const judge = (): Judgement => {
    const judgement = market.judge({
      seller,
      password,
      versionKey: credentials.versionKey,
      now: scheduler.now,
    });
    world.watch.judged(attempt, judgement);
    return judgement;
  };
  if (market.has('judges-late', now) && !lostOnTheWay) {
    scheduler.at(deadline + process.dice.between(1_000, JUDGED_LATE), judge);
    scheduler.at(arrives, () => answer(side, { ...call, attempt, seller, judgement: undefined }));
    return;
  }
  scheduler.at(arrives, () => {
    const judgement = lostOnTheWay ? undefined : judge();
    answer(side, { ...call, attempt, seller, judgement });
  });
}

/** Latest time after its client gave up at which a login is judged. */
const JUDGED_LATE = 6 * MINUTE;

function answer(
  side: Side,
  call: Sending & { attempt: Attempt; seller: Seller; judgement: Judgement | undefined },
): void {
  const { world, process } = side;
  const { scheduler, calls, market } = world;
  const { judgement, attempt, fault } = call;
  const { now } = scheduler;
  // A session is opened even if the reply is lost.
  const handle =
    judgement === 'accepted' ? market.open(call.seller, { address: process.egressId, now }) : undefined;
  if (fault?.kind === 'crash-after') {
    if (judgement === 'password-refused') world.watch.saw('2 refusal of a crashed worker');
    calls.kill(process, 'while its login was under way');
    return;
  }
  const lost = judgement === undefined || fault?.kind === 'reply-lost' || market.has('silent-judged', now);
  const slow = market.has('slow', now) ? process.dice.between(28, 31) * SECOND : 0;
  const repliesAt = now + slow + calls.latency(process);
  const timesOut = lost || repliesAt > attempt.deadline;
  const judgesPassword = judgement === 'accepted' || judgement === 'password-refused';
  const heard = judgesPassword && market.has('counts-first', now) ? market.disguise(now) : judgement;
  scheduler.at(timesOut ? attempt.deadline : repliesAt, () => {
    world.watch.overAt(attempt);
    if (fault?.kind === 'freeze-after') calls.freeze(process, fault);
    if (fault?.kind === 'outage-after') {
      world.outage('store', scheduler.now + fault.millis);
      world.watch.saw('9 store down after a login');
    }
    calls.deliver(process, () => {
      world.watch.heard(attempt, timesOut ? undefined : heard);
      if (timesOut)
        return call.reject(
          faultOf(side, { reason: 'no-readable-reply', outcome: 'unclear', operation: 'doLogin' }),
        );
      if (handle !== undefined && heard === 'accepted')
        return call.resolve(loginOf(side, { seller: call.seller, handle }));
      const reason = heard as FaultReason;
      return call.reject(faultOf(side, { reason, outcome: 'answered', operation: 'doLogin' }));
    });
  });
}

const loginOf = ({ world }: Side, got: { seller: Seller; handle: string }): Login => ({
  session: new world.core.Secret(got.handle),
  userId: got.seller.userId,
  serverTimeSeconds: epochSeconds(Math.floor(world.scheduler.now / 1_000)),
});
