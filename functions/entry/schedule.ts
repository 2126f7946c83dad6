import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { SECOND } from '../core/base/time.ts';
import { invocation } from './invocation.ts';

/** Part of the function's time that is kept for the end of the work. */
const RESERVE = 10 * SECOND;

export interface Tick {
  readonly outOfTime: () => boolean;
}

/** The Lambda handler of work that a schedule wakes. Its correlation id is the request id of Lambda. */
export const scheduleHandler = (work: (tick: Tick) => Promise<void>) =>
  middy<ScheduledEvent, void>().handler(async (_event: ScheduledEvent, context: Context) => {
    const outOfTime = () => context.getRemainingTimeInMillis() < RESERVE;
    await invocation(context.awsRequestId, () => work({ outOfTime }));
  });
