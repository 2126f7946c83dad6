import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Tests of `npm test` that run more cases here, where LONG is set (test/support/runs.ts). */
const LONGER = [
  'test/unit/core/delivery/killed.test.ts',
  'test/unit/core/feed/follow.test.ts',
  'test/unit/core/journal/{drain,orders.property,settled}.test.ts',
  'test/unit/core/run/race.test.ts',
  'test/unit/truth/{lives,pause}.test.ts',
  'test/unit/webapi/soldoffers.test.ts',
  'test/integration/{api-fuzz,costs,login-safety,once}.test.ts',
];

/** Tests that take minutes: `npm run test:long`. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    include: ['test/long/**/*.test.ts', ...LONGER],
    globalSetup: ['test/support/package-once.ts'],
    env: { LONG: '1' },
    // A single worker, because the tests measure time and memory.
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 120_000,
  },
});
