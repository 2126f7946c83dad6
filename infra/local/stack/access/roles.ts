import { z } from 'zod';
import type { LambdaFunction } from '../lambda.ts';
import type { Declared, Resources } from '../resources.ts';
import { Statement } from './policy.ts';

const Role = z.object({
  Policies: z.array(z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }) })).default([]),
});

/** A key; its policy is judged for callers with a role, which are principals of the account. */
const Key = z.object({ KeyPolicy: z.object({ Statement: z.array(z.looseObject({})) }) });

/** Actions that the embedded stack does not run: logs go to files, and there is no VPC. */
const NOT_RUN = /^(logs|ec2|xray):/;

export interface FunctionRole {
  readonly arn: string;
  readonly statements: readonly Statement[];
}

/**
 * The statements of each function's role, by the function's name, without functions that have no role (as in
 * tests). Throws for a statement that the embedded stack cannot judge.
 */
export function rolesOf(
  resources: Resources,
  functions: readonly Declared<z.output<typeof LambdaFunction>>[],
): ReadonlyMap<string, FunctionRole> {
  const roles = new Map(
    resources
      .ofType('AWS::IAM::Role', Role)
      .map(({ identity, properties }) => [identity.arn, properties.Policies.flatMap(statementsOf)]),
  );
  return new Map(
    functions.flatMap(({ identity, properties: { Role } }) =>
      Role === undefined ? [] : [[identity.name, { arn: Role, statements: roles.get(Role) ?? [] }] as const],
    ),
  );
}

/** The statements of each key's policy for principals of the account, by the key's ARN. */
export const keyPoliciesOf = (resources: Resources): ReadonlyMap<string, readonly Statement[]> =>
  new Map(
    resources
      .ofType('AWS::KMS::Key', Key)
      .map(({ identity, properties }) => [
        identity.arn,
        properties.KeyPolicy.Statement.flatMap(({ Sid: _, Principal, ...statement }) =>
          OfTheAccount.safeParse(Principal).success
            ? [Statement.parse({ ...statement, Resource: identity.arn })]
            : [],
        ),
      ]),
  );

/** The other principals are services of AWS, none of which uses a key here. */
const OfTheAccount = z.strictObject({ AWS: z.string().endsWith(':root') });

function statementsOf({ PolicyDocument }: z.output<typeof Role>['Policies'][number]): Statement[] {
  return PolicyDocument.Statement.map((statement) => Statement.parse(statement)).filter(
    ({ Action }) => !Action.every((action) => NOT_RUN.test(action)),
  );
}
