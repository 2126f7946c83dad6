import { z } from 'zod';

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

/**
 * The operators that the embedded stack understands. `ForAllValues` and `IfExists` hold for a key that the
 * request does not have, as in IAM.
 */
const Conditions = z.strictObject({
  'ForAllValues:StringEquals': z.record(z.string(), texts).optional(),
  'ForAnyValue:StringEquals': z.record(z.string(), texts).optional(),
  StringEquals: z.record(z.string(), texts).optional(),
  StringEqualsIfExists: z.record(z.string(), texts).optional(),
  StringLike: z.record(z.string(), texts).optional(),
  ArnEquals: z.record(z.string(), texts).optional(),
});

export const Statement = z.strictObject({
  Effect: z.literal('Allow', { error: 'only Allow is understood' }),
  Action: texts,
  Resource: texts,
  Condition: Conditions.default({}),
});
export type Statement = z.output<typeof Statement>;

/** An action that a request takes on a resource. `context` holds the values of IAM's condition keys. */
export interface Ask {
  /** Action, e.g. `dynamodb:UpdateItem`. */
  readonly action: string;
  /** ARN of the resource. */
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[] | undefined>>;
}

/** The first statement that allows the ask; undefined if none does. Spelling of actions counts. */
export const allowedBy = (statements: readonly Statement[], ask: Ask): Statement | undefined =>
  statements.find(
    ({ Action, Resource, Condition }) =>
      Action.includes(ask.action) &&
      Resource.some((pattern) => isLike(ask.resource, pattern)) &&
      holds(Condition, ask.context),
  );

/** Whether a text fits an IAM pattern: `*` stands for any text, `?` for one character. */
function isLike(text: string, pattern: string): boolean {
  const source = RegExp.escape(pattern).replaceAll('\\*', '.*').replaceAll('\\?', '.');
  return new RegExp(`^${source}$`).test(text);
}

type Given = readonly string[] | undefined;

const isOneOf = (given: Given, allowed: readonly string[]): boolean =>
  given?.some((value) => allowed.includes(value)) === true;

const isLikeOne = (given: Given, allowed: readonly string[]): boolean =>
  given?.some((value) => allowed.some((pattern) => isLike(value, pattern))) === true;

function holds(conditions: Statement['Condition'], context: Ask['context']): boolean {
  const every = (
    wanted: Readonly<Record<string, readonly string[]>> | undefined,
    holdsFor: (given: Given, allowed: readonly string[]) => boolean,
  ) => Object.entries(wanted ?? {}).every(([key, allowed]) => holdsFor(context[key], allowed));
  return (
    every(conditions['ForAllValues:StringEquals'], (given = [], allowed) =>
      given.every((value) => allowed.includes(value)),
    ) &&
    every(conditions.StringEquals, isOneOf) &&
    every(conditions['ForAnyValue:StringEquals'], isOneOf) &&
    every(conditions.StringLike, isLikeOne) &&
    every(conditions.ArnEquals, isLikeOne) &&
    every(conditions.StringEqualsIfExists, (given, allowed) =>
      given === undefined ? true : given.some((value) => allowed.includes(value)),
    )
  );
}
