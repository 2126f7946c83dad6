import type { z } from 'zod';
import type { Seller } from '../world/sellers.ts';
import type { World } from '../world/world.ts';

/** A control request that cannot be carried out; the message goes into the answer. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Call<Stage> {
  readonly stage: Stage;
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
}

export interface Route<Stage> {
  readonly method: string;
  readonly pattern: URLPattern;
  readonly run: (call: Call<Stage> & { rawBody: string }) => unknown;
}

/**
 * A route from a `name` such as `POST /_sim/keys/:key/state`; the schema checks a body before `run` sees it.
 */
export function route<Stage, Body = undefined>(
  name: string,
  run: (call: Call<Stage> & { body: Body }) => unknown,
  { body }: { body?: z.ZodType<Body> } = {},
): Route<Stage> {
  const [method = '', pathname = ''] = name.split(' ');
  return {
    method,
    pattern: new URLPattern({ pathname }),
    run: ({ rawBody, ...call }) => run({ ...call, body: readAs(body, rawBody) as Body }),
  };
}

function readAs<Body>(schema: z.ZodType<Body> | undefined, rawBody: string): Body | undefined {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(parseJson(rawBody));
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new ControlError(400, problems.join('; '));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ControlError(400, 'the body must be JSON');
  }
}

/** The seller with this login. Throws `ControlError` 404. */
export function sellerOf(world: World, login: string): Seller {
  const seller = world.sellerNamed(login);
  if (seller === undefined) throw new ControlError(404, `no seller has the login ${login}`);
  return seller;
}

/** The named seller, or all sellers if none is named. */
export const sellersFrom = (world: World, login: string | undefined): Seller[] =>
  login === undefined ? [...world.sellers.values()] : [sellerOf(world, login)];
