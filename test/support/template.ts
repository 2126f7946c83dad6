import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPLATE_FILE } from '../../infra/local/stack/template.ts';

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export type Resources = Readonly<Record<string, Resource>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The resources of the packaged template, anew at each call, so that a test may change them. */
export async function packagedResources(): Promise<Record<string, Resource>> {
  const file = join(import.meta.dirname, '..', '..', TEMPLATE_FILE);
  return (JSON.parse(await readFile(file, 'utf8')) as { Resources: Record<string, Resource> }).Resources;
}

export const resourcesOfType = (resources: Resources, type: string): [string, Resource][] =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

/** Text of an ARN with its intrinsic parts left in, e.g. `KeysLogGroup.Arn`. */
export function arnText(arn: unknown): string {
  if (typeof arn === 'string') return arn;
  const [[, value] = []] = Object.entries(arn as object);
  return Array.isArray(value) ? value.map(String).join('.') : String(value);
}

/** The statements of all roles, one for each resource that a statement names. */
export const roleStatements = (resources: Resources) =>
  resourcesOfType(resources, 'AWS::IAM::Role').flatMap(([role, { Properties }]) =>
    (Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.flatMap((statement) =>
        [statement.Resource].flat().map((resource) => ({
          role,
          actions: [statement.Action].flat(),
          arn: arnText(resource),
          condition: statement.Condition ?? {},
        })),
      ),
    ),
  );
