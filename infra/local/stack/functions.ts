import { join } from 'node:path';
import type { z } from 'zod';
import { type Endpoints, lambdaEnvironment } from './function-environment.ts';
import { FunctionPool, type LambdaFunction } from './lambda.ts';
import type { LogLine } from './log-files.ts';
import type { Declared } from './resources.ts';
import { BUNDLES } from './template.ts';

interface Options {
  readonly root: string;
  readonly endpoints: Endpoints;
  /** Variables that override those of the template. */
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (line: LogLine) => void;
}

/** All functions of the template. A function is found by logical id, name or ARN. */
export class Functions {
  readonly #pools = new Map<string, FunctionPool>();
  readonly #all: FunctionPool[] = [];

  constructor(declared: readonly Declared<z.output<typeof LambdaFunction>>[], options: Options) {
    for (const { identity, properties } of declared) {
      const pool = poolOf({ identity, properties }, options);
      this.#all.push(pool);
      for (const key of [identity.logicalId, identity.name, identity.arn]) this.#pools.set(key, pool);
    }
  }

  /** The pool of a function. Throws for an unknown function. */
  pool(key: string): FunctionPool {
    const pool = this.#pools.get(key);
    if (pool === undefined) throw new Error(`The template declares no function ${key}.`);
    return pool;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((pool) => pool.close()));
  }
}

function poolOf(
  { identity, properties }: Declared<z.output<typeof LambdaFunction>>,
  options: Options,
): FunctionPool {
  const { name, arn } = identity;
  const handler = properties.Handler;
  const root = join(options.root, BUNDLES, properties.Code.S3Key);
  const memoryMegabytes = properties.MemorySize;
  const given = lambdaEnvironment({
    ...options,
    root,
    name,
    handler,
    memoryMegabytes,
    runtime: properties.Runtime,
  });
  const definition = {
    name,
    arn,
    handler,
    root,
    timeoutSeconds: properties.Timeout,
    memoryMegabytes,
    environment: { ...given, ...properties.Environment?.Variables, ...options.environment },
  };
  return new FunctionPool(definition, (text) => options.log({ source: name, text }));
}
