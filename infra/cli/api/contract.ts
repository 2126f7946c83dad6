import type * as z from 'zod/mini';
import type { OPERATIONS } from '../../../functions/contract/index.ts';
import type { OperationId } from '../../../functions/contract/routes.ts';

type Contract = typeof OPERATIONS;

type Part<Id extends OperationId, Name extends 'params' | 'query' | 'body'> = Contract[Id] extends {
  readonly [Key in Name]: infer Schema extends z.ZodMiniType;
}
  ? z.input<Schema>
  : undefined;

/** The input of an operation: the parts that its contract has. */
export type InputOf<Id extends OperationId> = {
  readonly [Name in 'params' | 'body' as Part<Id, Name> extends undefined ? never : Name]: Part<Id, Name>;
} & {
  readonly [Name in 'query' as Part<Id, Name> extends undefined ? never : Name]?: Part<Id, Name> | undefined;
};

/** The body of an answer of success. */
export type AnswerOf<Id extends OperationId> =
  Contract[Id]['replies'][keyof Contract[Id]['replies']] extends {
    readonly body: infer Schema extends z.ZodMiniType;
  }
    ? z.output<Schema>
    : never;

/** The one way to the API: calls an operation of the contract. Throws ApiProblem, CliError, Interrupted. */
export type Call = <Id extends OperationId>(id: Id, input: InputOf<Id>) => Promise<AnswerOf<Id>>;
