import { parseArgs } from 'node:util';
import { benchDrain } from './drain.ts';
import { benchFollowers } from './followers.ts';
import { benchImports } from './imports.ts';
import { benchPlan } from './plan.ts';
import { type Figure, readReport, reportOf, worsened } from './report.ts';
import { benchRuns } from './runs.ts';
import { benchSessions } from './sessions.ts';
import { benchWire, WIRE_BENCHES } from './wire.ts';

const USAGE = `npm run bench -- [NAME ...] [--json] [--compare FILE]
  wire       parsing and calls beside plain soap; or a part of it: ${WIRE_BENCHES.join(', ')}
  drain      a backlog beside plain soap; "drain 1000 5000" sets the numbers of events
  functions  cold import and size of each packaged function
  runs       calls and requests of an idle and of a busy run
  sessions   a session from the store; logins and calls of fifty workers at once, cold and after its end
  plan       reads of plan, by table, with 100,000 accounts
  followers  changes a second to followers of the feed
  --json     one JSON object as the last line
  --compare  shows what got worse since the run whose output FILE holds`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    compare: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const numbers = positionals.filter((one) => /^\d+$/.test(one)).map(Number);
const names = positionals.filter((one) => !/^\d+$/.test(one));

const BENCHES: Readonly<Record<string, () => Promise<Figure[]>>> = {
  wire: () => benchWire(),
  ...Object.fromEntries(WIRE_BENCHES.map((part) => [part, () => benchWire(part)])),
  drain: () => benchDrain(numbers),
  functions: benchImports,
  runs: benchRuns,
  sessions: benchSessions,
  plan: benchPlan,
  followers: benchFollowers,
};

/** Progress goes to the error output, so that the other one ends with the JSON object. */
const say = (line: string) => process.stderr.write(`${line}\n`);
const seconds = (since: number): string => ((performance.now() - since) / 1_000).toFixed(0);

async function main(): Promise<number> {
  const unknown = names.find((name) => BENCHES[name] === undefined);
  if (unknown !== undefined) console.error(`unknown bench ${unknown}`);
  if (values.help || unknown !== undefined) {
    console.log(USAGE);
    return unknown === undefined ? 0 : 2;
  }
  const before = values.compare === undefined ? undefined : await readReport(values.compare);
  const parts = new Set(WIRE_BENCHES);
  const chosen = names.length > 0 ? names : Object.keys(BENCHES).filter((name) => !parts.has(name));
  const figures: Figure[] = [];
  for (const [index, name] of chosen.entries()) {
    const start = performance.now();
    say(`${index + 1} of ${chosen.length}: ${name}`);
    figures.push(...((await BENCHES[name]?.()) ?? []));
    say(`${name} took ${seconds(start)} s; ${seconds(0)} s since the start`);
  }
  const report = reportOf(figures);
  if (before !== undefined) {
    const worse = worsened(before, report);
    console.log(
      `worse than on ${before.date} (${before.machine}, Node ${before.node}): ${worse.length} figures`,
    );
    if (worse.length > 0)
      console.table(
        worse.map(({ name, worseBy, ...one }) => ({
          what: name,
          before: one.before.toFixed(2),
          after: one.after.toFixed(2),
          'worse by': `${Math.round(worseBy * 100)} %`,
        })),
      );
  }
  if (values.json) console.log(JSON.stringify(report));
  return 0;
}

process.exitCode = await main();
