import type { Command } from 'commander';
import { CliError, EXIT } from '../exit.ts';
import { pause } from '../follow/feed.ts';
import { type LogLine, LogReader } from '../follow/log-files.ts';
import type { Session } from '../session.ts';
import { clean, time } from '../show/text.ts';
import { addCommand, whole } from './command.ts';

const LOOK_EVERY_MILLIS = 300;

interface LogOptions {
  readonly follow?: boolean;
  readonly lines: number;
  readonly function?: string;
}

export function logCommand(program: Command, session: Session): void {
  addCommand(program, 'logs', {
    description: 'Shows what the functions of the embedded stack have printed.',
    examples: ['logs', ['logs --follow --function work', 'until Ctrl-C'], 'logs --lines 1000 --json'],
    options: (command) =>
      command
        .option('--follow', 'go on with what is printed from now on')
        .option(
          '--lines <number>',
          'show so many lines of before',
          whole({ least: 0, most: 1_000_000, example: 50 }),
          50,
        )
        .option('--function <name>', 'only this function, e.g. work, or stack for the stack itself'),
    action: async ({ follow = false, lines, function: name }: LogOptions) => {
      const { logDir } = await session.embedded();
      const isWanted = (source: string) =>
        name === undefined || source === name || source.endsWith(`-${name}`);
      const reader = new LogReader(logDir, isWanted);
      const sources = await reader.sources();
      // A function that has not run yet has no file, so a follower waits for it.
      if (!follow && sources.length > 0 && !sources.some(isWanted)) throw noLog(name, sources);
      const before = await reader.next();
      for (const line of lines === 0 ? [] : before.slice(-lines)) showLine(session, line);
      while (follow) {
        await pause(session, LOOK_EVERY_MILLIS);
        for (const line of await reader.next()) showLine(session, line);
      }
    },
  });
}

type Parts = Readonly<Record<string, unknown>>;

const showLine = (session: Session, line: LogLine): void =>
  session.showNext({ json: { source: line.source, ...partsOf(line.text) }, text: () => lineOf(line) });

/** The fields of a structured line; the text of any other. */
function partsOf(text: string): Parts {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch {
    // A line that is no JSON is a text.
  }
  return { message: text };
}

/** Fields that every line of a function has, and that tell a person nothing. */
const USUAL = new Set([
  ...['level', 'message', 'timestamp', 'service', 'cold_start', 'function_arn', 'function_memory_size'],
  ...['function_name', 'function_request_id', 'sampling_rate', 'xray_trace_id', 'source'],
]);

function lineOf({ source, text }: LogLine): string {
  const parts = partsOf(text);
  const { level, message, timestamp, _aws: metrics } = parts;
  if (metrics !== undefined) return metricsLine(source, parts);
  if (timestamp === undefined) return `${source}  ${clean(text)}`;
  const more = Object.entries(parts).filter(([name]) => !USUAL.has(name));
  const said = more.map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return clean([time(String(timestamp)), source, level, message, ...said].join('  '));
}

/** The figures of a line in the embedded metric format, without the description of the metrics. */
function metricsLine(source: string, { _aws: metrics, service: _service, ...figures }: Parts): string {
  const { Timestamp: millis } = metrics as { Timestamp?: number };
  const at = millis === undefined ? '-' : time(new Date(millis).toISOString());
  const told = Object.entries(figures).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return clean([at, source, 'METRICS', ...told].join('  '));
}

const noLog = (name: string | undefined, sources: readonly string[]) => {
  const known = sources.map((source) => source.replace(/^.*-/, '')).join(', ');
  return new CliError(EXIT.notFound, {
    pl: `Funkcja „${name}” niczego jeszcze nie wypisała. Wypisały: ${known}. Przykład: klamka logs --function work`,
    en: `The function "${name}" has printed nothing yet. These have: ${known}. Example: klamka logs --function work`,
  });
};
