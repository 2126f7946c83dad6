import { z } from 'zod';
import type { LambdaFunction } from '../lambda.ts';
import type { Declared, Resources } from '../resources.ts';
import { Statement } from './policy.ts';

const Role = z.object({
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) })).default([]),
});

/** Actions that the embedded stack does not run: logs go to files, and there is no VPC. */
const NOT_RUN = /^(logs|ec2|xray):/;

/**
 * The statements of each function's role, by the function's name, without functions that have no role (as in
 * tests). Throws for a statement that the embedded stack cannot judge.
 */
export function rolesOf(
  resources: Resources,
  functions: readonly Declared<z.output<typeof LambdaFunction>>[],
): ReadonlyMap<string, readonly Statement[]> {
  const roles = new Map(
    resources
      .ofType('AWS::IAM::Role', Role)
      .map(({ identity, properties }) => [identity.arn, properties.Policies.flatMap(statementsOf)]),
  );
  return new Map(
    functions.flatMap(({ identity, properties: { Role } }) =>
      Role === undefined ? [] : [[identity.name, roles.get(Role) ?? []] as const],
    ),
  );
}

function statementsOf({ PolicyDocument }: z.output<typeof Role>['Policies'][number]): Statement[] {
  return PolicyDocument.Statement.map((statement) => Statement.parse(statement)).filter(
    ({ Action }) => !Action.every((action) => NOT_RUN.test(action)),
  );
}
