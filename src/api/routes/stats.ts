/** Figures per workflow. */
import { z } from 'zod';
import { endpoint, reply, type Endpoint } from '../http/endpoint.ts';
import { workflowStats } from '../../service/runs/queries/workflow-stats.ts';
import { Timestamp, pageSchema } from '../../contract/common.ts';
import { iso } from '../../service/views/time.ts';

const count = z.number().int();

const WorkflowStats = z
  .object({
    workflow: z.string(),
    runs: count,
    completed: count,
    failed: count,
    cancelled: count,
    active: count,
    average_seconds: z
      .number()
      .nullable()
      .meta({ description: 'Working time (`active_seconds`) of completed runs.' }),
    median_seconds: z.number().nullable().meta({ description: 'The same.' }),
    average_duration_seconds: z
      .number()
      .nullable()
      .meta({ description: 'From start to end of completed runs, with all that they waited for.' }),
    median_duration_seconds: z.number().nullable().meta({ description: 'The same.' }),
    total_tokens: count,
    cost_estimate: count.nullable().meta({
      description: 'Micro-dollars of the runs whose price is known; null when that of none is.',
    }),
    unpriced_runs: count.meta({ description: 'Runs of which a price is unknown: not in the sum.' }),
    last_run_at: Timestamp,
  })
  .meta({ id: 'WorkflowStats' });

type StatsRow = Omit<z.output<typeof WorkflowStats>, 'last_run_at'> & { readonly last_run_at: Date };

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
