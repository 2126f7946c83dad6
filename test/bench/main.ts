import { parseArgs } from 'node:util';
import { benchDrain } from './drain.ts';
import { readReport, reportOf, worsened } from './report.ts';
import { benchWire } from './wire.ts';

/**
 * `npm run bench [-- part of a name] [--json] [--compare FILE]`: the wire, and `drain [events ...]` for the drain. `--json`
 * prints one JSON object as its last line; `--compare` shows what got worse since a run whose output FILE holds.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, compare: { type: 'string' } },
});
const [part = '', ...rest] = positionals;
const before = values.compare === undefined ? undefined : await readReport(values.compare);
const figures = part === 'drain' ? [] : await benchWire(part);
if ('drain'.includes(part)) figures.push(...(await benchDrain(rest.map(Number))));
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
