import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Unit tests that read the packaged output or start whole stacks, markets and proofs. */
const LARGE = ['test/unit/template.test.ts', 'test/unit/{build,proof,stack,template,truth}/**/*.test.ts'];

/** The slowest files, slowest first: a slow file that began last would run on alone at the end. */
const SLOWEST = [
  ...['once', 'login-safety', 'queue', 'lives', 'accounts', 'line'],
  ...['feed', 'history', 'drain', 'bad-data', 'journal-ids', 'costs', 'proof'],
];

class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = SLOWEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found === -1 ? SLOWEST.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: SlowestFirst },
    // Integration tests mostly wait, so three workers keep two cores busy.
    maxWorkers: 3,
    // Ends tests that hang. Generous, because a busy machine slows every test down.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        // Tests to run while working: no packaging, and less than half a minute.
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], exclude: LARGE, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'large',
          include: ['test/{contract,integration}/**/*.test.ts', ...LARGE],
          globalSetup: ['test/support/package-once.ts'],
        },
      },
    ],
    coverage: {
      provider: 'v8',
      // Integration tests run bundles in processes of their own, which coverage does not see.
      include: ['functions/**/*.ts'],
      reporter: ['text-summary', 'html'],
    },
  },
});
