/** Figures of a period: runs, times, tokens and cost by hour or day, with what they are made of; as JSON. */
import * as z from 'zod';
import { Timestamp, WorkflowName } from '../shared/common.ts';

const count = z.number().int().min(0);
const seconds = z.number().nullable();
const cost = count
  .nullable()
  .meta({ description: 'Micro-dollars of what has a known price; null: none has.' });

/** Most buckets of one answer. */
export const MOST_BUCKETS = 400;

const sums = {
  runs: count.meta({ description: 'That began.' }),
  completed: count,
  failed: count.meta({ description: 'Failed or timed out.' }),
  stopped: count.meta({ description: 'Cancelled or terminated.' }),
  open: count,
  p50_seconds: seconds.meta({ description: 'Working time of completed runs.' }),
  p95_seconds: seconds,
  total_tokens: count,
  cost_estimate: cost,
  unpriced_runs: count.meta({ description: 'Runs with a price that is unknown: not in the sum.' }),
  queue_p50_seconds: seconds.meta({ description: 'Attempts, from scheduled to taken by a worker.' }),
  queue_p95_seconds: seconds,
  projection_lag_seconds: seconds.meta({
    description:
      'The longest that the tables were behind Temporal, of all runs; null: nothing was written, or nobody noted it.',
  }),
};

const Sums = z.object(sums);

const Bucket = z.object({ at: Timestamp.meta({ description: 'Its beginning.' }), ...sums });

const Projection = z
  .object({
    projector_seconds: seconds.meta({
      description:
        'Since a projector last asked the database something; one at work does each second. Null: none is there.',
    }),
    followed_runs: count.meta({ description: 'Open runs whose history a projector follows.' }),
    unfollowed_runs: count.meta({
      description: 'Open runs that none follows: what is told of them stays as it is.',
    }),
  })
  .meta({ description: 'How well the tables follow Temporal now, whatever the period.' });

export const Insights = z
  .object({
    since: Timestamp,
    until: Timestamp,
    bucket: z.enum(['hour', 'day']),
    zone: z.string(),
    buckets: z.array(Bucket),
    totals: Sums,
    previous: Sums.meta({ description: 'The same of the period of equal length before.' }),
    previous_buckets: z.array(Bucket).meta({ description: 'Of that period.' }),
    projection: Projection,
    workflows: z.array(
      z.object({
        workflow: z.string(),
        runs: count,
        failed: count,
        p50_seconds: seconds,
        p95_seconds: seconds,
        total_tokens: count,
        cost_estimate: cost,
        unpriced_runs: count,
      }),
    ),
    models: z.array(
      z.object({
        provider: z.string().nullable(),
        model: z.string().nullable(),
        calls: count,
        failed: count.meta({ description: 'Failed, aborted or lost.' }),
        input_tokens: count,
        output_tokens: count,
        cost_estimate: cost,
        unpriced_calls: count,
      }),
    ),
    agents: z.array(
      z.object({
        agent: z.string(),
        calls: count,
        total_tokens: count,
        cost_estimate: cost,
        unpriced_calls: count,
      }),
    ),
    failures: z.array(
      z.object({
        workflow: z.string(),
        step: z.string().nullable(),
        type: z.string(),
        message: z.string().meta({ description: 'Of the newest one.' }),
        runs: count,
        run: z.string().meta({ description: 'The newest one.' }),
      }),
    ),
  })
  .meta({ id: 'Insights' });

export type Insights = z.output<typeof Insights>;

export const InsightsQuery = z.strictObject({
  since: z.coerce.date().optional().meta({
    type: 'string',
    format: 'date-time',
    description: 'From this time on; default: a week before `until`.',
  }),
  until: z.coerce
    .date()
    .optional()
    .meta({ type: 'string', format: 'date-time', description: 'Before this time; default: now.' }),
  bucket: z.enum(['hour', 'day']).default('day'),
  zone: z
    .string()
    .max(100)
    .refine(isZone, 'is no time zone, such as Europe/Berlin')
    .default('UTC')
    .meta({ description: 'In which hours and days begin.' }),
  workflow: WorkflowName.optional().meta({ description: 'Only runs of this one.' }),
});

export type InsightsQuery = z.output<typeof InsightsQuery>;

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
