/** Figures per workflow. */
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { workflowStats } from '../queries/workflow-stats.ts';
import { pageSchema } from '../../contract/common.ts';
import { WorkflowStats } from '../../contract/stats.ts';
import { iso } from '../views/time.ts';

type StatsRow = Omit<WorkflowStats, 'last_run_at'> & { readonly last_run_at: Date };

const stats = endpoint({
  method: 'get',
  path: '/stats',
  operation: 'getStats',
  tag: 'runs',
  summary: 'Counts, times and costs per workflow',
  responses: {
    200: { description: 'One item per workflow, all on one page.', schema: pageSchema(WorkflowStats) },
  },
  handle: async ({ services }) => {
    const rows = await services.store.all<StatsRow>(workflowStats());
    const items = rows.map((row) => ({ ...row, last_run_at: iso(row.last_run_at) }));
    return reply(200, { items, next_cursor: null });
  },
});

export const statsRoutes: readonly Endpoint[] = [stats];
