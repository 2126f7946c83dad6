import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Guard } from './access/guard.ts';
import { listen, type RunningServer, readBody } from './loopback.ts';

const LIMIT_BYTES = 2 * 1024 * 1024;

/** An error in the wire format of AWS, which the SDK turns into an exception of that name. */
export class AwsError extends Error {
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, { status = 400 } = {}) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

/** Operations by `X-Amz-Target`, e.g. `secretsmanager.GetSecretValue`. */
export type Operations = Readonly<Record<string, (input: unknown) => unknown>>;

/** Serves operations in the AWS JSON 1.1 protocol, without checking signatures. */
export async function serveAwsJson(operations: Operations, guard?: Guard): Promise<RunningServer> {
  const server = createServer((request, response) => void answer(request, { response, operations }));
  return listen(guard?.before(server) ?? server, { port: 0 });
}

/**
 * An operation whose input is checked first. The error names wrong fields without their values, which may be
 * secret.
 */
export function operation<Schema extends z.ZodType>(
  schema: Schema,
  run: (input: z.output<Schema>) => unknown,
): (input: unknown) => unknown {
  return (input) => {
    const parsed = schema.safeParse(input);
    if (parsed.success) return run(parsed.data);
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new AwsError('ValidationException', faults.join('; '));
  };
}

async function answer(
  request: IncomingMessage,
  { response, operations }: { response: ServerResponse; operations: Operations },
): Promise<void> {
  try {
    const body = await readBody(request, LIMIT_BYTES);
    const run = operations[String(request.headers['x-amz-target'])];
    if (run === undefined) throw new AwsError('UnknownOperationException', 'This operation is not run here');
    if (body === undefined)
      throw new AwsError('RequestEntityTooLarge', 'The request is too long', { status: 413 });
    send(response, { status: 200, body: run(parse(body)) });
  } catch (error) {
    const known =
      error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), { status: 500 });
    send(response, {
      status: known.status,
      body: { __type: known.type, message: known.message, Message: known.message },
    });
  }
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request is not JSON');
  }
}

function send(response: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body ?? {}));
}
