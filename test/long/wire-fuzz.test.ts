import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MarketplaceFault } from '../../functions/core/faults/fault.ts';
import { type DialectId, dialectOf } from '../../functions/webapi/dialect.ts';
import { OPERATIONS, type OperationName, type Request } from '../../functions/webapi/operations.ts';
import { MARKETPLACE_PRESETS } from '../../functions/webapi/presets.ts';
import { type Fields, fieldType, isScalar } from '../../functions/webapi/schema.ts';
import { STRUCTS, type StructName } from '../../functions/webapi/structs.ts';
import { createOperations } from '../support/webapi.ts';
import { breakages, type Exchange, exchanges } from '../support/wire-arbitraries.ts';
import { encodeFault, encodeReply, type Values } from '../support/wire-encode.ts';
import { requestOf } from '../support/wire-values.ts';

const DOCUMENTS = 10_000;
const GUARD_MILLIS = 2_000;
const HEAP_GROWTH = 64 * 1024 * 1024;
const SEED = process.env.FUZZ_SEED === undefined ? Date.now() : Number(process.env.FUZZ_SEED);

/** Fast-check prints seed and path of a failure; FUZZ_SEED repeats the whole run. */
const RUN = { numRuns: DOCUMENTS, seed: SEED };

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
}

/** A client whose transport answers with prepared bytes. */
function door(dialect: DialectId) {
  const settings = { ...MARKETPLACE_PRESETS.allegro, dialect };
  let answer: Answer = { status: 200, body: new Uint8Array() };
  const transport = async () => ({ ...answer, contentType: 'text/xml; charset=utf-8' });
  const operations = createOperations(settings, { transport });
  const spelling = dialectOf(settings);
  return async (operation: OperationName, given: Answer) => {
    answer = given;
    const request = requestOf(operation, { dialect: spelling, full: false }) as Request<OperationName>;
    const start = performance.now();
    try {
      return await operations.call(operation, request, { timeoutMillis: GUARD_MILLIS });
    } finally {
      slowest = Math.max(slowest, performance.now() - start);
    }
  };
}

let slowest = 0;

/**
 * Values that have to be read back: without unread fields, and without optional structures that came out
 * empty.
 */
function expected(fields: Fields, values: Values): Values {
  const entries = Object.entries(fields).filter(([, word]) => !fieldType(word).unread);
  return Object.fromEntries(
    entries.map(([name, word]) => {
      const { base, dispensable } = fieldType(word);
      const single = (value: unknown): unknown => {
        if (isScalar(base) || value === undefined) return value;
        const struct = expected(STRUCTS[base as StructName], value as Values);
        const empty = Object.values(struct).every((field) => field === undefined);
        return empty && dispensable ? undefined : struct;
      };
      const value = values[name];
      return [name, Array.isArray(value) ? value.map(single) : single(value)];
    }),
  );
}

/** The value without empty structures, which dialects write in different ways. */
const withoutEmpty = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, field) =>
    typeof field === 'object' && field !== null && Object.keys(field).length === 0 && !Array.isArray(field)
      ? undefined
      : field,
  ) ?? {};

const documentOf = ({ operation, values, manner }: Exchange): Buffer =>
  Buffer.from(encodeReply(operation, { fields: OPERATIONS[operation].response, values, manner }));

describe.each(['document-literal', 'rpc-encoded'] as const)('%s', (dialect) => {
  const { lacks } = dialectOf({ dialect, countryParameter: 'countryCode' });
  const names = (Object.keys(OPERATIONS) as OperationName[]).filter((name) => !lacks(name));
  const call = door(dialect);

  async function measured(property: fc.IAsyncProperty<unknown>): Promise<void> {
    slowest = 0;
    const before = usedHeap();
    await fc.assert(property, RUN);
    const growth = usedHeap() - before;
    console.info(
      `${dialect}: ${DOCUMENTS} documents, seed ${SEED}, slowest ${slowest.toFixed(1)} ms, heap ${(growth / 2 ** 20).toFixed(1)} MB`,
    );
    expect(slowest).toBeLessThan(GUARD_MILLIS);
    expect(growth).toBeLessThan(HEAP_GROWTH);
  }

  it('valid documents are read back exactly', async () => {
    await measured(
      fc.asyncProperty(exchanges(dialect, names), async (exchange) => {
        const body = documentOf(exchange);
        const read = await call(exchange.operation, { status: 200, body });
        const { response } = OPERATIONS[exchange.operation];
        expect(withoutEmpty(read)).toEqual(withoutEmpty(expected(response, exchange.values)));
      }),
    );
  });

  it('broken documents end in a typed error, or are read as what they still say', async () => {
    const outcomes = { read: 0, refused: 0 };
    await measured(
      fc.asyncProperty(
        fc.oneof(
          {
            weight: 9,
            arbitrary: exchanges(dialect, names).map((exchange) => ({
              ...exchange,
              body: documentOf(exchange),
            })),
          },
          {
            weight: 1,
            arbitrary: fc
              .tuple(fc.constantFrom(...names), fc.string())
              .map(([operation, text]) => ({ operation, body: Buffer.from(encodeFault('ERR_X', text)) })),
          },
        ),
        fc.array(breakages, { minLength: 1, maxLength: 2 }),
        fc.oneof(
          { weight: 9, arbitrary: fc.constant(200) },
          { weight: 1, arbitrary: fc.constantFrom(302, 500) },
        ),
        async ({ operation, body }, broken, status) => {
          const damaged = broken.reduce<Buffer>((bytes, breakage) => breakage(bytes), body);
          try {
            await call(operation, { status, body: damaged });
            outcomes.read += 1;
          } catch (error) {
            expect(error).toBeInstanceOf(MarketplaceFault);
            const { outcome, operation: named } = error as MarketplaceFault;
            expect([outcome, named]).toEqual([expect.stringMatching(/^(unclear|answered)$/), operation]);
            outcomes.refused += 1;
          }
        },
      ),
    );
    console.info(`${dialect}: ${outcomes.refused} refused, ${outcomes.read} still readable`);
    expect(outcomes.refused).toBeGreaterThan(DOCUMENTS / 2);
  });

  it('a document that ends too early is never read', async () => {
    await measured(
      fc.asyncProperty(
        exchanges(dialect, names),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (exchange, share) => {
          const whole = documentOf(exchange);
          const body = whole.subarray(0, Math.floor(whole.length * share));
          await expect(call(exchange.operation, { status: 200, body })).rejects.toMatchObject({
            reason: 'no-readable-reply',
            outcome: 'unclear',
          });
        },
      ),
    );
  });
});
