import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lambdaEnvironment } from '../../infra/local/stack/function-environment.ts';
import type { Klamka } from '../support/klamka.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Environment variables of `work` from the template, with the addresses of the embedded stack. */
export async function workEnvironment({ world }: Klamka): Promise<Record<string, string>> {
  const file = join(ROOT, '.serverless', 'cloudformation-template-update-stack.json');
  const template = JSON.parse(await readFile(file, 'utf8')) as Template;
  const variables = template.Resources.WorkLambdaFunction?.Properties.Environment?.Variables ?? {};
  const resolved = Object.entries(variables).flatMap(([name, value]): [string, string][] => {
    if (typeof value !== 'object') return [[name, String(value)]];
    if (value['Fn::GetAtt'] !== undefined) return [[name, world.stack.resource(value['Fn::GetAtt'][0]).arn]];
    // Other functions of the template are of no concern to `work`.
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
