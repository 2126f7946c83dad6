import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** A figure of a bench. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** The direction that is an improvement. */
  readonly better: 'more' | 'less';
}

/** The figures of a run of the bench, with its machine and day. */
export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly figures: readonly Figure[];
}

export const reportOf = (figures: readonly Figure[]): Report => ({
  date: new Date().toISOString().slice(0, 10),
  machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
  node: process.version,
  figures,
});

/** The difference between two runs on an idle machine is smaller than this. */
const NOISE = 0.1;

interface Change {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  /** 0.25 is a quarter worse. */
  readonly worseBy: number;
}

/** The figures that got worse by more than the noise, the worst first. */
export function worsened(before: Report, after: Report): Change[] {
  const known = new Map(before.figures.map(({ name, value }) => [name, value]));
  return after.figures
    .flatMap(({ name, value, better }): Change[] => {
      const old = known.get(name);
      if (old === undefined) return [];
      return [
        { name, before: old, after: value, worseBy: better === 'less' ? value / old - 1 : old / value - 1 },
      ];
    })
    .filter(({ worseBy }) => worseBy > NOISE)
    .sort((one, other) => other.worseBy - one.worseBy);
}

/** The report of an earlier run: the last line of what `--json` printed. */
export const readReport = async (path: string): Promise<Report> =>
  JSON.parse((await readFile(path, 'utf8')).trim().split('\n').at(-1) ?? '') as Report;
