/** How long the built command line takes from its start to its end, beside a Node that does nothing. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { percentile } from './statistics.ts';

export interface CliStart {
  readonly command: string;
  readonly p50_ms: number;
  /** As a multiple of `node -e 0`. */
  readonly ratio: number;
  readonly budget_ms: number;
}

const BATON = fileURLToPath(new URL('../bin/baton.js', import.meta.url));
const ROUNDS = 15;
const WARM_UPS = 2;
const BUDGET_MS = 250;
/** It compiles a definition besides. */
const VALIDATE_MS = 500;
/** Nobody listens there: what the API would take is no part of it. */
const NO_API = { BATON_URL: 'http://127.0.0.1:9' };

const COMMANDS: readonly (readonly [string, number])[] = [
  ['version', BUDGET_MS],
  ['--help', BUDGET_MS],
  ['list', BUDGET_MS],
  ['status some-run', BUDGET_MS],
  ['validate examples/code-review.yaml', VALIDATE_MS],
];

export function measureCliStart(): readonly CliStart[] {
  const bare = medianOf(['-e', '0']);
  return COMMANDS.map(([command, budget_ms]) => {
    const median = medianOf([BATON, ...command.split(' ')]);
    return { command: `baton ${command}`, p50_ms: median, ratio: median / bare, budget_ms };
  });
}

function medianOf(args: readonly string[]): number {
  const samples = Array.from({ length: WARM_UPS + ROUNDS }, () => {
    const start = performance.now();
    spawnSync(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...NO_API } });
    return performance.now() - start;
  });
  return percentile(samples.slice(WARM_UPS), 0.5);
}
