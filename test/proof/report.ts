import { describe } from './actions.ts';
import * as core from './core.ts';
import { generate } from './generate.ts';
import { type Proof, shares } from './prove.ts';
import { RULES } from './rules/names.ts';
import type { Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';
import { SITUATIONS } from './situations.ts';

/** Least share of schedules in which a situation has to occur. */
export const RAREST = 0.01;

/** Describes the schedule of a seed, shrunk if it breaks a rule, with the events in it. */
export async function explain(seed: number): Promise<string> {
  const { schedule, result } = await shrink(core, generate(seed));
  const { violation, lines } = result;
  return [
    `seed ${seed} (${schedule.theme})`,
    ...settings(schedule),
    ...schedule.actions.map((action) => `  ${describe(action)}`),
    ...schedule.faults.map(
      ({ kind, door, account, nth, from, millis }) =>
        `  ${kind} at call ${nth} of ${door} for account ${account} from ${from / 1_000} s on${millis > 0 ? `, ${millis / 1_000} s` : ''}`,
    ),
    ...lines,
    violation === undefined ? 'no rule was broken' : `broken: ${violation.rule} (${violation.text})`,
  ].join('\n');
}

const settings = ({ accounts, fifo, calm, egressId, skews, lasts }: Schedule): string[] => [
  `  ${accounts} account(s), ${egressId}, ${fifo ? 'FIFO' : 'no FIFO'}, ${calm ? 'calm' : 'uneven'}, ${lasts / 1_000} s`,
  `  clocks ${skews.length === 0 ? 'agree' : skews.map((skew) => `${skew / 1_000} s`).join(', ')}`,
];

/** The figures of a proof in a single line. */
export function figures(proof: Proof): string {
  const [rarest] = shares(proof);
  return [
    `proof: ${proof.schedules} schedules`,
    `${proof.logins} logins`,
    `${RULES.length} statements`,
    `${SITUATIONS.length} situations (rarest ${(100 * (rarest?.[1] ?? 0)).toFixed(2)} %: ${rarest?.[0]})`,
    `${proof.broken.length} violations${proof.broken.map(({ seed, rule }) => ` [seed ${seed}: ${rule}]`).join('')}`,
    `${proof.seconds.toFixed(1)} s`,
  ].join(', ');
}
