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
  const victim = victims[chance.int(0, among - 1)];
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
