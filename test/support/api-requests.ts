import fc from 'fast-check';
import type { z } from 'zod';
import { OPERATIONS } from '../../functions/contract/index.ts';
import type { Operation } from '../../functions/contract/operation.ts';
import { type OperationId, ROUTES } from '../../functions/contract/routes.ts';

/** A request as an attacker or a careless program sends it. */
export interface ApiRequest {
  readonly id: OperationId;
  readonly method: string;
  /** With its query, below the API's own address. */
  readonly path: string;
  /** As it goes over the wire. */
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

const ODD_TEXTS = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e309',
    'null',
    'true',
    '{}',
    '[]',
    '__proto__',
    'constructor',
    '.',
    '..',
    '../..',
  ],
  ...[
    'a'.repeat(257),
    'ł'.repeat(200),
    '\u0000',
    '\u202e',
    '🦆',
    '%00',
    '%2e%2e%2f',
    "' OR 1=1 --",
    '<script>',
  ],
  ...[
    '{accounts.list}',
    '$ne',
    '*',
    'order:',
    'order:1',
    'purchase:9',
    'event:1',
    'order:a b',
    'dead#a#1',
    'deliveryCursor#a',
  ],
  ...['2026-11-20', '2026-02-30', '2026-11-20T08:00:00+01:00', '9999-12-31', '9007199254740993', 'all'],
];

/** Texts of a kind: odd ones, whatever else, and what the API itself has said (ids, cursors, positions). */
const texts = (known: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...(known.length === 0 ? [''] : known)) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );

const oddValue = (known: readonly string[]): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 4, arbitrary: texts(known) },
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    { weight: 1, arbitrary: fc.constantFrom(null, true, 0, -1, 1e300, 2 ** 53, 1.5, [], {}, [[]]) },
  );

/** A good body with some fields spoilt, left out or added; any JSON; no JSON at all. */
function bodies(example: unknown, known: readonly string[]): fc.Arbitrary<string | undefined> {
  const names = [...Object.keys(Object(example)), 'unknown', '__proto__'];
  const spoilt = fc
    .tuple(
      fc.subarray(Object.keys(Object(example))),
      fc.dictionary(fc.constantFrom(...names), oddValue(known), { maxKeys: 2, noNullPrototype: true }),
    )
    .map(([kept, changes]) => {
      const good = Object.fromEntries(
        Object.entries(Object(example)).filter(([name]) => kept.includes(name)),
      );
      return JSON.stringify({ ...good, ...changes });
    });
  return fc.oneof(
    { weight: 6, arbitrary: spoilt },
    { weight: 2, arbitrary: fc.json() },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        ...['', '{', '"', 'nul', '\u0000', '[1,]', '{"a":1,"a":2}', `${'['.repeat(5_000)}`, undefined],
        `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      ),
    },
  );
}

/** A few keys, so that other requests and repetitions come under each; versions; values that are neither. */
const HEADERS = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        'idempotency-key': fc.constantFrom(
          '0123456789abcdef',
          'fedcba9876543210',
          'short',
          '',
          'x'.repeat(129),
        ),
        'if-match': fc.constantFrom('*', '"0"', '"1", W/"2"', '"9007199254740993"', 'none', '"'),
      },
      { requiredKeys: [] },
    ),
  },
);

const named = (schema: Operation['query']): string[] =>
  Object.keys((schema as z.ZodObject | undefined)?.shape ?? {});

/** Requests of every operation. `known` are texts that the API has said so far, of this or of another account. */
export function requests(
  known: readonly string[],
  { only }: { only: (id: OperationId) => boolean },
): fc.Arbitrary<ApiRequest> {
  const ids = (Object.keys(ROUTES) as OperationId[]).filter(only);
  return fc.constantFrom(...ids).chain((id) => {
    const { params, query, example }: Operation = OPERATIONS[id];
    const [method = '', pattern = ''] = ROUTES[id].route.split(' ');
    const inPath = fc.tuple(...named(params).map(() => texts(known)));
    const asked = fc.dictionary(fc.constantFrom(...named(query), 'unknown'), texts(known), { maxKeys: 3 });
    return fc.record({ inPath, asked, body: bodies(example, known), headers: HEADERS }).map((drawn) => {
      let path = pattern.replace('/v1', '');
      for (const [index, name] of named(params).entries())
        path = path.replace(`{${name}}`, encodeURIComponent((drawn.inPath[index] ?? '').toWellFormed()));
      const pairs = Object.entries(drawn.asked).map(([name, value]): [string, string] => [
        name,
        value.toWellFormed(),
      ]);
      const search = new URLSearchParams(pairs).toString();
      return {
        id,
        method,
        path: search === '' ? path : `${path}?${search}`,
        body: method === 'GET' ? undefined : drawn.body,
        headers: drawn.headers,
      };
    });
  });
}
