import type { Stack } from '../stack/stack.ts';
import type { Chance } from './chance.ts';

const busy = (stack: Stack, functionId: string): number[] =>
  stack.instances(functionId).flatMap(({ pid, busy }) => (busy && pid !== undefined ? [pid] : []));

/**
 * Ends one busy process of these functions by SIGKILL. Each is as likely to die whether or not others are at
 * work, so that one that is alone can come to an end too: false when it was nobody's turn.
 */
export function killOne(
  stack: Stack,
  use: { chance: Chance; functionIds: readonly string[]; among: number },
): boolean {
  const victims = use.functionIds.flatMap((id) => busy(stack, id));
  const victim = victims[use.chance.int(0, use.among - 1)];
  if (victim === undefined) return false;
  try {
    return process.kill(victim, 'SIGKILL');
  } catch {
    // It ended by itself just now.
    return false;
  }
}

/** All functions that may die: those that talk with the marketplace, and the others. */
export const WORKERS = ['WorkLambdaFunction'] as const;
export const OTHERS = [
  'PlanLambdaFunction',
  'TellLambdaFunction',
  'SendLambdaFunction',
  'AccountsLambdaFunction',
] as const;
