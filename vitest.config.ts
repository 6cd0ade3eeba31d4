import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** `.ci/run` counts from these; one file for each of the two invocations. */
const reports = process.env['BATON_TEST_REPORTS'];
const json = (folder: string): ['json', { outputFile: string }] => [
  'json',
  { outputFile: join(folder, `${process.pid}.json`) },
];

export default defineConfig({
  test: {
    reporters: reports === undefined ? ['default'] : ['default', json(reports)],
    teardownTimeout: 30_000,
    // Times are shown in the zone of whoever looks: here it is always the same one.
    env: { TZ: 'UTC' },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['src/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          setupFiles: ['test/support/setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Each file runs workers of its own beside one Temporal server and one Postgres.
          maxWorkers: 2,
        },
      },
    ],
  },
});
