import type * as z from 'zod/mini';
import type { ProblemCode } from './problems.ts';
import type { OperationId } from './routes.ts';

export interface ReplyContract {
  readonly description: string;
  readonly body: z.ZodMiniType;
  /** The header `location` names the new resource. */
  readonly location?: true;
  /** The header `etag` names the version of the account. */
  readonly etag?: true;
}

/** The input and the replies of an operation; its route and scope are in `routes.ts`. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodMiniObject;
  readonly query?: z.ZodMiniObject;
  readonly body?: z.ZodMiniType;
  /** The header `if-match` restricts it to the version of the account that the caller has read. */
  readonly ifMatch?: true;
  /** A valid body, shown in the document. */
  readonly example?: unknown;
  readonly replies: Readonly<Record<number, ReplyContract>>;
  /** Problems of this operation, besides those that every operation may answer with. */
  readonly problems: readonly ProblemCode[];
}

/** The operations of a function, by id. */
export type Operations = Readonly<Partial<Record<OperationId, Operation>>>;

/** A schema's value, read-only throughout, so that constants can be passed. */
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
  /** The `If-Match` of the request; only for operations that take one. */
  readonly ifMatch: string | undefined;
}

/** A reply of an operation: a status of its contract, with the body that belongs to the status. */
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

/** A value that fits a schema. */
export type Shown<Schema extends z.ZodMiniType> = Frozen<z.input<Schema>>;
