import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lambdaEnvironment } from '../../infra/local/stack/function-environment.ts';
import type { Klamka } from '../support/klamka.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Environment variables of a function from the template, with the addresses of the embedded stack. */
export async function environmentOf({ world }: Klamka, logicalId: string): Promise<Record<string, string>> {
  const file = join(ROOT, '.serverless', 'cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(file, 'utf8')) as Template;
  const variables = template.Resources[logicalId]?.Properties.Environment?.Variables ?? {};
  const resolved = Object.entries(variables).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'object') return [[name, String(value)]];
    if (value['Fn::GetAtt'] !== undefined) return [[name, world.stack.resource(value['Fn::GetAtt'][0]).arn]];
    // Other functions of the template are of no concern.
    if (value.Ref === undefined) return [];
    const { url, name: called } = world.stack.resource(value.Ref);
    return [[name, url ?? called]];
  });
  const lambda = { name: 'bench', handler: '', memoryMegabytes: 512, runtime: 'nodejs', root: ROOT };
  return {
    ...lambdaEnvironment({ ...lambda, endpoints: world.stack.endpoints }),
    ...Object.fromEntries(resolved),
    MARKETPLACES: JSON.stringify({
      allegro: {
        identity: 'allegro',
        endpoint: `${world.simulator.url}/service.php`,
        namespace: 'urn:SandboxWebApi',
      },
    }),
    CALLS_PER_SECOND: '100000',
    CALLS_PER_MINUTE: '10000000',
  };
}

/** The environment of `work`. */
export const workEnvironment = (klamka: Klamka) => environmentOf(klamka, 'WorkLambdaFunction');

/** Runs with other environment variables, and sets the former ones again. */
export async function withEnvironment<T>(
  environment: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

/** A value of the template that names a resource; `Fn::GetAtt` names its ARN. */
interface Value {
  readonly Ref?: string;
  readonly 'Fn::GetAtt'?: readonly [resource: string, attribute: 'Arn'];
}

interface Template {
  readonly Resources: Record<
    string,
    { Properties: { Environment?: { Variables: Record<string, string | Value> } } }
  >;
}
