/**
 * Three projects: `unit` (beside the code; no server), `console` (the same of the web console), and `integration` (real Postgres, real Temporal, real processes).
 *
 * Files share their processes and with them the modules: loading the code anew for each took longer than the tests. One
 * leaves nothing behind that another could notice; what files of `integration` have opened is ended after each, and one
 * that cannot be ended fails (`test/support/after-file.ts`).
 *
 * `--mode core` is for quick answers while one writes: of `unit` the pure rooms only, without what measures the cost of
 * the worst input or takes long because of its size, and a fiftieth of the random cases.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './test/support/until.ts';
import { WaitingBesideWorking } from './test/support/waiting-beside-working.ts';

/** `.ci/run` counts from these; one file for each invocation. */
const reports = process.env['BATON_TEST_REPORTS'];
const json = (folder: string): ['json', { outputFile: string }] => [
  'json',
  { outputFile: join(folder, `${process.pid}.json`) },
];

const PURE = [
  'plan',
  'protocol',
  'expressions',
  'definition',
  'contract',
  'workflows',
  'projections/fold',
  'testing',
];
const COSTLY = ['src/definition/worst.test.ts', 'src/expressions/costs.test.ts', 'src/**/browser.test.ts'];

export default defineConfig(({ mode }) => {
  const core = mode === 'core';
  return {
    test: {
      reporters: reports === undefined ? ['default'] : ['default', json(reports)],
      teardownTimeout: 30_000,
      // Times are shown in the zone of whoever looks: here it is always the same one.
      env: { TZ: 'UTC' },
      pool: 'forks',
      // Much is made and soon forgotten: with more room for what is young, less of it is copied.
      execArgv: ['--max-semi-space-size=64'],
      // Nothing is told by a test that is slow on a busy machine; what hangs, hangs for longer.
      testTimeout: 240_000,
      hookTimeout: 240_000,
      expect: { poll: { timeout: PATIENCE_MS } },
      // What a program said stands in the message, also where only that is left of a run.
      chaiConfig: { truncateThreshold: 4_000 },
      sequence: { sequencer: WaitingBesideWorking },
      projects: [
        {
          extends: true,
          test: {
            name: 'unit',
            isolate: false,
            // What is asked for again and again is not translated again.
            experimental: { fsModuleCache: core },
            setupFiles: ['test/support/cases.ts'],
            include: core
              ? PURE.map((room) => `src/${room}/**/*.test.ts`)
              : ['src/**/*.test.ts', 'packages/*/src/**/*.test.ts'],
            exclude: core ? COSTLY : [],
            provide: { shareOfCases: core ? 0.02 : 1 },
            maxWorkers: availableParallelism(),
            sequence: { groupOrder: 0 },
          },
        },
        {
          extends: true,
          test: {
            name: 'console',
            isolate: false,
            css: true,
            include: ['console/src/**/*.test.{ts,tsx}'],
            maxWorkers: availableParallelism(),
            sequence: { groupOrder: 0 },
          },
        },
        {
          extends: true,
          test: {
            name: 'integration',
            isolate: false,
            unstubEnvs: true,
            include: ['test/**/*.test.ts'],
            globalSetup: ['test/support/global-setup.ts'],
            setupFiles: ['test/support/setup.ts'],
            // Each runs workers of its own beside one Temporal server and one Postgres, and waits half of the time.
            maxWorkers: 2 * availableParallelism(),
            sequence: { groupOrder: 1 },
          },
        },
      ],
    },
  };
});
