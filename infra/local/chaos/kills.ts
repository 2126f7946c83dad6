import type { InstanceState } from '../stack/lambda.ts';
import type { Stack } from '../stack/stack.ts';
import type { Chance } from './chance.ts';

const busy = (stack: Stack, functionId: string): number[] =>
  stack.instances(functionId).flatMap(({ pid, busy }) => (busy && pid !== undefined ? [pid] : []));

/**
 * Ends one busy process of these functions by SIGKILL; false if none was hit. The draw is among `among`
 * places however many processes are busy: otherwise a process that is alone would be killed every time and
 * never finish.
 */
export function killOne(
  stack: Stack,
  { functionIds, chance, among }: { chance: Chance; functionIds: readonly string[]; among: number },
): boolean {
  const victims = functionIds.flatMap((id) => busy(stack, id));
  return end(victims[chance.int(0, among - 1)]);
}

/**
 * Ends a busy process of a function by SIGKILL, but never its eldest, whose memory tells what hours of work leave
 * behind; false if no other is busy.
 */
export const killYounger = (stack: Stack, functionId: string): boolean =>
  end(youngerBusy(stack.instances(functionId)));

/** The process of `killYounger`: the youngest of the busy ones, unless that is the eldest of all. */
export function youngerBusy(instances: readonly InstanceState[]): number | undefined {
  const byAge = instances.toSorted((one, other) => one.startedAtMillis - other.startedAtMillis);
  return byAge.slice(1).findLast(({ busy }) => busy)?.pid;
}

function end(victim: number | undefined): boolean {
  if (victim === undefined) return false;
  try {
    return process.kill(victim, 'SIGKILL');
  } catch {
    // The process ended by itself just now.
    return false;
  }
}

/** Functions that may die: those that talk with the marketplace, and the others. */
export const WORKERS = ['WorkLambdaFunction'] as const;
export const OTHERS = [
  'PlanLambdaFunction',
  'NotifyLambdaFunction',
  'SendLambdaFunction',
  'AccountsLambdaFunction',
] as const;
