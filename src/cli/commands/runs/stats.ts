/** `baton stats`: figures per workflow, and of one workflow how its last runs and its steps went. */
import type { Page } from '../../../contract/shared/common.ts';
import type { WorkflowStatistics } from '../../../contract/statistics.ts';
import type { WorkflowStats } from '../../../contract/stats.ts';
import type { Command } from 'commander';
import { wholeNumber } from '../../input/text-argument.ts';
import { statisticsText } from '../../shown/statistics-text.ts';
import { fitTable, type Column } from '../../terminal/fit-table.ts';
import { print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { counted, formatCost, formatDuration } from '../../terminal/style.ts';
import { apiClient } from '../../client/target.ts';
import { widthFor } from '../../terminal/text-width.ts';

const COLUMNS: readonly Column[] = [
  { head: 'WORKFLOW' },
  { head: 'RUNS', side: 'right' },
  { head: 'OPEN', side: 'right' },
  { head: 'COMPLETED', side: 'right' },
  { head: 'FAILED', side: 'right' },
  { head: 'CANCELLED', side: 'right', drop: 2 },
  { head: 'MEDIAN', side: 'right' },
  { head: 'AVERAGE', side: 'right', drop: 1 },
  { head: 'TOKENS', side: 'right' },
  { head: 'COST' },
];

export function addStats(program: Command): void {
  withFormat(program.command('stats'))
    .description('how many runs of each workflow, how they ended, how long they took and what they cost')
    .argument(
      '[workflow]',
      'how its last runs went, and each step in them; NAME@VERSION: of that version alone',
    )
    .option('--last <n>', 'so many runs of the workflow that have ended, up to 500', '50')
    .action(async (workflow: string | undefined, options: FormatOption & { readonly last: string }) => {
      if (workflow !== undefined) return showStatistics(workflow, options);
      const stats = await apiClient().json<Page<WorkflowStats>>('/stats');
      print(options.output, stats, () => statsText(stats.items, widthFor(process.stdout)));
    });
}

async function showStatistics(
  workflow: string,
  { last, output }: FormatOption & { readonly last: string },
): Promise<void> {
  const [name = '', version] = workflow.split('@', 2);
  const query = new URLSearchParams({
    last: String(wholeNumber(last, '--last', 1)),
    ...(version !== undefined && { version }),
  });
  const path = `/workflows/${encodeURIComponent(name)}/statistics?${query.toString()}`;
  const statistics = await apiClient().json<WorkflowStatistics>(path);
  print(output, statistics, () => statisticsText(statistics, widthFor(process.stdout)));
}

/** Times are those of completed runs, as far as they worked. @param width of a line */
export function statsText(items: readonly WorkflowStats[], width = Infinity): string {
  if (items.length === 0) return 'nothing has run yet';
  return fitTable(COLUMNS, items.map(statsRow), width);
}

function statsRow(stats: WorkflowStats): string[] {
  const { workflow, runs, active, completed, failed, cancelled, total_tokens: tokens } = stats;
  return [
    workflow,
    ...[runs, active, completed, failed, cancelled].map(String),
    time(stats.median_seconds),
    time(stats.average_seconds),
    String(tokens),
    costText(stats),
  ];
}

function costText({ cost_estimate: cost, unpriced_runs: unpriced }: WorkflowStats): string {
  if (cost === null) return 'unknown';
  return unpriced === 0
    ? formatCost(cost)
    : `${formatCost(cost)} and ${counted(unpriced, 'run')} of unknown cost`;
}

const time = (seconds: number | null): string => (seconds === null ? '' : formatDuration(seconds * 1_000));
