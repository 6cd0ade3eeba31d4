/** How a workflow's last runs went: counts, times, costs, and the runs themselves as points; of each step too. */
import * as z from 'zod';
import { Timestamp } from './shared/common.ts';
import { RUN_STATUSES } from '../protocol/status.ts';

const count = z.number().int();
const figure = z.number().nullable();

/** Most runs that are looked at. */
const MOST_RUNS = 500;
export const USUAL_RUNS = 50;

const Spread = z
  .object({
    p50: figure.meta({ description: 'Half of them took no more; null: there is none.' }),
    p95: figure.meta({ description: '95 of 100 took no more.' }),
  })
  .meta({ id: 'Spread' });

export type Spread = z.output<typeof Spread>;

const CostSpread = Spread.extend({
  sum: count
    .nullable()
    .meta({ description: 'Micro-dollars of those whose price is known; null when that of none is.' }),
  unpriced: count.meta({ description: 'Those of which a price is unknown: in none of the figures.' }),
}).meta({ id: 'CostSpread' });

export type CostSpread = z.output<typeof CostSpread>;

const RunPoint = z
  .object({
    id: z.string(),
    version: z.string().nullable(),
    status: z.enum(RUN_STATUSES),
    duration_seconds: figure.meta({ description: 'From start to end.' }),
    active_seconds: figure.meta({ description: 'As far as it worked.' }),
    cost_estimate: count.nullable(),
    created_at: Timestamp,
  })
  .meta({ id: 'RunPoint' });

export const RunStatistics = z
  .object({
    runs: count.meta({ description: 'Runs that are counted: the newest of those that have ended.' }),
    completed: count,
    failed: count.meta({ description: 'Those that timed out as well.' }),
    cancelled: count.meta({ description: 'Those that were terminated as well.' }),
    success_rate: figure.meta({
      description: 'Completed ones among those that nobody ended, 0 to 1; null: there is none.',
    }),
    active_seconds: Spread.meta({ description: 'Working time of completed runs.' }),
    duration_seconds: Spread.meta({ description: 'From start to end of completed runs.' }),
    cost: CostSpread.meta({ description: 'Micro-dollars of all that are counted.' }),
    total_tokens: count,
    points: z.array(RunPoint).readonly().meta({ description: 'The runs that are counted, oldest first.' }),
  })
  .meta({ id: 'RunStatistics' });

export type RunStatistics = z.output<typeof RunStatistics>;

const StepStatistics = z
  .object({
    key: z
      .string()
      .meta({ description: 'Items of a step that is done for each of a list count under its key.' }),
    started: count.meta({ description: 'So many have begun, in the runs that are counted.' }),
    completed: count,
    failed: count,
    skipped: count,
    failure_rate: figure.meta({ description: 'Failed ones among those that completed or failed, 0 to 1.' }),
    retry_rate: figure.meta({ description: 'Those with a second attempt among those that began, 0 to 1.' }),
    seconds: Spread.meta({ description: 'From the first start to the end, of completed ones.' }),
    cost: CostSpread,
    total_tokens: count,
  })
  .meta({ id: 'StepStatistics' });

export type StepStatistics = z.output<typeof StepStatistics>;

/** What stands beside each workflow of a list. */
export const WorkflowFigures = RunStatistics.extend({
  open_runs: count,
  last_run_at: Timestamp.nullable().meta({ description: 'When the newest run began, open or not.' }),
}).meta({ id: 'WorkflowFigures' });

export type WorkflowFigures = z.output<typeof WorkflowFigures>;

export const WorkflowStatistics = WorkflowFigures.extend({
  workflow: z.string(),
  version: z.string().nullable().meta({ description: 'Only its runs are counted; null: all.' }),
  steps: z.array(StepStatistics).readonly(),
}).meta({ id: 'WorkflowStatistics' });

export type WorkflowStatistics = z.output<typeof WorkflowStatistics>;

export const StatisticsFilter = z.strictObject({
  version: z.string().min(1).max(400).optional().meta({ description: 'Only runs of this version.' }),
  last: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_RUNS)
    .default(USUAL_RUNS)
    .meta({ description: `So many of the newest runs that have ended (${USUAL_RUNS}).` }),
});

export type StatisticsFilter = z.output<typeof StatisticsFilter>;
