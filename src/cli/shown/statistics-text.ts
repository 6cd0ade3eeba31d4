/** How the last runs of a workflow went, as text: a line for each figure, then its steps. */
import type { CostSpread, Spread, StepStatistics, WorkflowStatistics } from '../../contract/statistics.ts';
import { fitTable, type Column } from '../terminal/fit-table.ts';
import { counted, formatCost, formatDuration } from '../terminal/style.ts';

const COLUMNS: readonly Column[] = [
  { head: 'STEP' },
  { head: 'STARTED', side: 'right', drop: 2 },
  { head: 'FAILED', side: 'right' },
  { head: 'RETRIED', side: 'right' },
  { head: 'P50', side: 'right' },
  { head: 'P95', side: 'right' },
  { head: 'TOKENS', side: 'right', drop: 1 },
  { head: 'COST' },
];

/** @param width of a line */
export function statisticsText(statistics: WorkflowStatistics, width = Infinity): string {
  const { workflow, version, runs, open_runs: open, completed, failed, cancelled, steps } = statistics;
  const name = version === null ? workflow : `${workflow}@${version}`;
  if (runs === 0) return `no run of ${name} has ended${open === 0 ? '' : `; ${open} open`}`;
  const lines = [
    `${name}: ${counted(runs, 'run')} that ended, ${open} open`,
    `success   ${percent(statistics.success_rate)} (${completed} completed, ${failed} failed, ${cancelled} cancelled)`,
    `worked    ${spreadText(statistics.active_seconds)}`,
    `duration  ${spreadText(statistics.duration_seconds)}`,
    `tokens    ${statistics.total_tokens}`,
    `cost      ${costText(statistics.cost)}`,
  ];
  if (steps.length === 0) return lines.join('\n');
  return [...lines, '', fitTable(COLUMNS, steps.map(stepRow), width)].join('\n');
}

function stepRow({ key, started, seconds, total_tokens: tokens, cost, ...step }: StepStatistics): string[] {
  return [
    key,
    String(started),
    percent(step.failure_rate),
    percent(step.retry_rate),
    time(seconds.p50),
    time(seconds.p95),
    String(tokens),
    costText(cost),
  ];
}

function spreadText({ p50, p95 }: Spread): string {
  return p50 === null ? 'none has completed' : `p50 ${time(p50)}, p95 ${time(p95)}`;
}

function costText({ sum, unpriced }: CostSpread): string {
  if (sum === null) return unpriced === 0 ? '' : 'unknown';
  return unpriced === 0 ? formatCost(sum) : `${formatCost(sum)} and ${unpriced} of unknown cost`;
}

const percent = (rate: number | null): string => (rate === null ? '' : `${Math.round(rate * 100)}%`);
const time = (seconds: number | null): string => (seconds === null ? '' : formatDuration(seconds * 1_000));
