import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { HAS_JAVA } from './dynamodb-local.ts';

/** Deploys on an emulated AWS: `npm run e2e`. The tests of a file follow each other like the steps of a person. */
export default defineConfig({
  root: join(import.meta.dirname, '..', '..'),
  test: {
    // The batteries of the stores run over DynamoDB Local here, and over nothing else.
    include: ['test/e2e/**/*.test.ts', ...(HAS_JAVA ? ['test/unit/batteries/dynamodb.test.ts'] : [])],
    globalSetup: ['test/e2e/dynamodb-local.ts'],
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 300_000,
  },
});
