/** `baton stats`: figures per workflow. */
import type { Command } from 'commander';
import { print, table, withFormat, type FormatOption } from '../output.ts';
import { formatCost, formatDuration } from '../style.ts';
import { apiClient } from '../target.ts';

interface StatsJson {
  readonly workflow: string;
  readonly runs: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly active: number;
  readonly average_seconds: number | null;
  readonly median_seconds: number | null;
  readonly total_tokens: number;
  /** Micro-dollars. */
  readonly cost_estimate: number | null;
}

const HEAD = [
  'WORKFLOW',
  'RUNS',
  'OPEN',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'AVERAGE',
  'MEDIAN',
  'TOKENS',
  'COST',
];

export function addStats(program: Command): void {
  withFormat(program.command('stats'))
    .description('how many runs of each workflow, how they ended, how long they took and what they cost')
    .action(async (options: FormatOption) => {
      const stats = await apiClient().json<{ items: readonly StatsJson[] }>('/stats');
      print(options.output, stats, () => statsText(stats.items));
    });
}

export function statsText(items: readonly StatsJson[]): string {
  if (items.length === 0) return 'nothing has run yet';
  return table(HEAD, items.map(statsRow));
}

function statsRow(stats: StatsJson): string[] {
  const { workflow, runs, active, completed, failed, cancelled, total_tokens: tokens } = stats;
  return [
    workflow,
    ...[runs, active, completed, failed, cancelled].map(String),
    time(stats.average_seconds),
    time(stats.median_seconds),
    String(tokens),
    formatCost(stats.cost_estimate),
  ];
}

const time = (seconds: number | null): string => (seconds === null ? '' : formatDuration(seconds * 1_000));
