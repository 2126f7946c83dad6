import type * as z from 'zod/mini';
import type { ProblemCode } from './problems.ts';
import type { OperationId } from './routes.ts';

export interface ReplyContract {
  readonly description: string;
  readonly body: z.ZodMiniType;
  /** Header `location` names what was made. */
  readonly location?: true;
}

/** What an operation takes and gives. Its route and scope stand in `routes.ts`. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  readonly body?: z.ZodMiniType;
  /** A body that is good. */
  readonly example?: unknown;
  readonly replies: Readonly<Record<number, ReplyContract>>;
  /** Beside those that every operation may meet. */
  readonly problems: readonly ProblemCode[];
}

/** The operations of one function, by id. */
export type Operations = Readonly<Partial<Record<OperationId, Operation>>>;

/** A schema's value as it may be handed in: nobody changes it. */
type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

type Parsed<Schema> = Schema extends z.ZodMiniType ? z.output<Schema> : undefined;

/** A checked request of an operation. */
export interface RequestOf<Asked extends Operation> {
  readonly params: Parsed<Asked['params']>;
  readonly query: Parsed<Asked['query']>;
  readonly body: Parsed<Asked['body']>;
}

/** What an operation may answer: a status of its contract, with the body that belongs to it. */
export type ReplyOf<Asked extends Operation> = {
  [Status in keyof Asked['replies']]: {
    readonly status: Status;
    readonly body: BodyOf<Asked, Status>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof Asked['replies']];

type BodyOf<
  Asked extends Operation,
  Status extends keyof Asked['replies'],
> = Asked['replies'][Status] extends {
  readonly body: infer Schema extends z.ZodMiniType;
}
  ? Frozen<z.input<Schema>>
  : never;

/** What fits a schema. */
export type Shown<Schema extends z.ZodMiniType> = Frozen<z.input<Schema>>;
