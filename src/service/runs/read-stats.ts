/** Counts, times and costs per workflow. */
import type { WorkflowStats } from '../../contract/stats.ts';
import type { Page } from '../cursor.ts';
import type { Services } from '../services.ts';
import { iso } from '../views/time.ts';
import { workflowStats } from './queries/workflow-stats.ts';

type StatsRow = Omit<WorkflowStats, 'last_run_at'> & { readonly last_run_at: Date };

/** One item a workflow, all on one page. */
export async function readStats({ store }: Pick<Services, 'store'>): Promise<Page<WorkflowStats>> {
  const rows = await store.all<StatsRow>(workflowStats());
  return { items: rows.map((row) => ({ ...row, last_run_at: iso(row.last_run_at) })), next_cursor: null };
}
