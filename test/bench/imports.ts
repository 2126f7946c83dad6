import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { AS_DEPLOYED, OUTPUT } from '../../infra/build/bundle.ts';
import { packageService } from '../../infra/local/package.ts';
import { cold } from './measure.ts';
import type { Figure } from './report.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Largest ratio to a plain bundle with only the DynamoDB client, and largest bundle, by the folder of the handler. Ours
 * leave out parts of the SDK that the plain bundle carries, so the client is measured without them, too.
 */
const GOALS: Readonly<Record<string, { ratio: number; kilobytes?: number }>> = {
  queue: { ratio: 1.8, kilobytes: 700 },
  http: { ratio: 1.5 },
};

interface Bundle {
  /** E.g. `queue/work`. */
  readonly name: string;
  readonly path: string;
}

async function bundles(): Promise<Bundle[]> {
  const folder = join(ROOT, OUTPUT);
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({
      name: file.slice(0, -'.js'.length).split('functions/').at(-1) ?? file,
      path: join(folder, file),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/**
 * A bundle with only the client, which every function of ours needs too: plain, or without the parts of the SDK that
 * `AS_DEPLOYED` leaves out (other credentials than the environment's, event streams).
 */
async function dynamoOnly(folder: string, how: 'plain' | 'trimmed'): Promise<string> {
  const outfile = join(folder, `dynamo-${how}.cjs`);
  await build({
    stdin: {
      contents: `import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
        export const client = new DynamoDBClient({}); export const commands = [GetItemCommand, UpdateItemCommand];`,
      resolveDir: ROOT,
    },
    outfile,
    ...AS_DEPLOYED,
    ...(how === 'plain' && { plugins: [] }),
  });
  return outfile;
}

/** The settings of all functions in the packaged template; what AWS would name has a made-up name here. */
async function settings(): Promise<Record<string, string>> {
  const file = join(ROOT, '.serverless', 'cloudformation-template-update-stack.json');
  const { Resources } = JSON.parse(await readFile(file, 'utf8')) as {
    Resources: Record<string, { Properties?: { Environment?: { Variables: Record<string, unknown> } } }>;
  };
  const variables = Object.values(Resources).flatMap(({ Properties }) =>
    Object.entries(Properties?.Environment?.Variables ?? {}),
  );
  const text = (value: unknown) => (typeof value === 'string' ? value : 'https://named-by-aws.example');
  const texts = variables.map(([name, value]) => [name, text(value)]);
  return { ...Object.fromEntries(texts), AWS_REGION: 'eu-central-1' };
}

/** Import time of each packaged function in a fresh process, beside bundles with only the DynamoDB client. */
export async function benchImports(): Promise<Figure[]> {
  await packageService(ROOT);
  const folder = await mkdtemp(join(tmpdir(), 'klamka-bench-'));
  const ours = await bundles();
  const environment = JSON.stringify(await settings());
  const paths = [
    await dynamoOnly(folder, 'plain'),
    await dynamoOnly(folder, 'trimmed'),
    ...ours.map(({ path }) => path),
  ];
  const scripts = await Promise.all(
    paths.map(async (path, index) => {
      const script = join(folder, `import-${index}.cjs`);
      await writeFile(
        script,
        `Object.assign(process.env, ${environment});
        const start = performance.now(); require(${JSON.stringify(path)}); console.log(performance.now() - start);`,
      );
      return script;
    }),
  );
  const [plain = Number.NaN, trimmed = Number.NaN, ...millis] = await cold(scripts);
  const rows = await Promise.all(
    ours.map(async ({ name, path }, index) => {
      const goal = GOALS[name.split('/')[0] ?? ''];
      const kilobytes = (await stat(path)).size / 1_000;
      const own = millis[index] ?? Number.NaN;
      const ratio = own / plain;
      const met =
        goal === undefined ||
        (ratio <= goal.ratio && kilobytes <= (goal.kilobytes ?? Number.POSITIVE_INFINITY));
      return { name, own, ratio, besideTrimmed: own / trimmed, kilobytes, goal, met };
    }),
  );
  await rm(folder, { recursive: true });
  console.log(
    `cold import, beside a bundle with only the DynamoDB client: plain (${plain.toFixed(0)} ms), and bundled with the ` +
      `plugins of our functions (${trimmed.toFixed(0)} ms)`,
  );
  console.table(
    rows.map(({ name, own, ratio, besideTrimmed, kilobytes, goal, met }) => ({
      function: name,
      ms: own.toFixed(0),
      'beside plain client': ratio.toFixed(2),
      'beside client with our plugins': besideTrimmed.toFixed(2),
      kB: kilobytes.toFixed(0),
      'goal (plain client)':
        goal === undefined
          ? ''
          : `${met ? 'met' : 'MISSED'} (at most ${goal.ratio}${goal.kilobytes === undefined ? '' : `, ${goal.kilobytes} kB`})`,
    })),
  );
  return [
    { name: 'cold import of the DynamoDB client alone, plain bundle: ms', value: plain, better: 'less' },
    {
      name: 'cold import of the DynamoDB client alone, with our plugins: ms',
      value: trimmed,
      better: 'less',
    },
    ...rows.flatMap(({ name, own, ratio, besideTrimmed, kilobytes }): Figure[] => [
      { name: `cold import of ${name}: ms`, value: own, better: 'less' },
      { name: `cold import of ${name}: beside the plain DynamoDB client`, value: ratio, better: 'less' },
      {
        name: `cold import of ${name}: beside the DynamoDB client with our plugins`,
        value: besideTrimmed,
        better: 'less',
      },
      { name: `bundle of ${name}, kB`, value: kilobytes, better: 'less' },
    ]),
  ];
}
