/** Figures of a workflow's runs, as JSON. */
import * as z from 'zod';
import { Timestamp } from './shared/common.ts';

const count = z.number().int();

export const WorkflowStats = z
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

export type WorkflowStats = z.output<typeof WorkflowStats>;
