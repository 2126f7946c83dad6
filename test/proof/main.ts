import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { hunt } from './hunt.ts';
import { MUTANTS } from './mutants/index.ts';
import { type Counted, type Proof, prove, shares } from './prove.ts';
import { explain, figures, RAREST } from './report.ts';

const USAGE = `npm run prove -- [--runs N] [--seed S] [--workers K] [--mutants] [--one SEED]
  --runs     schedules to run (10000)
  --seed     the first one's seed (1)
  --workers  threads (one for each processor)
  --mutants  hunt the mutants afterwards
  --one      run one schedule, make it as small as it gets if it breaks a rule, and print its trace`;

/** Least number of schedules at which the frequency of situations means something. */
const NOTIFYING = 5_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    mutants: { type: 'boolean', default: false },
    one: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const whole = (name: 'runs' | 'seed' | 'workers' | 'one'): number => {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= (name === 'seed' ? 0 : 1)) return number;
  console.error(`--${name} takes a whole number\n${USAGE}`);
  process.exit(2);
};

async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.one !== undefined) {
    console.log(await explain(whole('one')));
    return 0;
  }
  const proof = await prove({
    runs: whole('runs'),
    seed: whole('seed'),
    workers: whole('workers'),
    progress: showProgress(whole('runs')),
  });
  for (const [name, share] of shares(proof))
    console.log(`${(100 * share).toFixed(2).padStart(7)} %  ${name}`);
  const lost = values.mutants ? await huntAll(whole('seed')) : 0;
  for (const { seed } of proof.broken.slice(0, 1)) console.log(await explain(seed));
  console.log(figures(proof));
  return proof.broken.length === 0 && lost === 0 && isNotifying(proof) ? 0 : 1;
}

/** Prints progress every few seconds, and violations at once. */
function showProgress(runs: number): (done: Counted) => void {
  let shown = performance.now();
  let known = 0;
  return ({ schedules, broken }) => {
    for (const { seed, rule, text } of broken.slice(known))
      console.log(`seed ${seed} breaks: ${rule} (${text})`);
    known = broken.length;
    if (performance.now() - shown < 5_000) return;
    shown = performance.now();
    console.log(`${schedules} of ${runs} schedules, ${known} violations`);
  };
}

/** Whether every dangerous situation came often enough; rules about rare ones were hardly tested. */
function isNotifying(proof: Proof): boolean {
  const rare = shares(proof).filter(([, share]) => share < RAREST);
  if (proof.schedules < NOTIFYING || rare.length === 0) return true;
  console.log(`too rare: ${rare.map(([name]) => name).join(', ')}`);
  return false;
}

async function huntAll(seed: number): Promise<number> {
  let lost = 0;
  for (const mutant of MUTANTS) {
    const { after, rule } = await hunt(mutant, { seed, most: 20_000 });
    if (after === undefined) lost += 1;
    console.log(`${String(after ?? 'NEVER').padStart(6)}  ${mutant.rule}: ${mutant.name} (${rule ?? ''})`);
  }
  return lost;
}

process.exitCode = await main();
