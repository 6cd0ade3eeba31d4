/** Figures of a period: what began in it, and what that came to; with the period before. */
import type { z } from 'zod';
import { InvalidError } from '../../errors/errors.ts';
import { MOST_BUCKETS, type Insights, type InsightsQuery } from '../../contract/runs/insights.ts';
import type { Services } from '../services.ts';
import { iso } from '../views/time.ts';
import { periodBefore, type Period } from './period.ts';
import { agentSums, modelSums } from './queries/call-sums.ts';
import { failures } from './queries/failures.ts';
import { lagBuckets, longestLag } from './queries/lags.ts';
import { projectionState } from './queries/projection-state.ts';
import { queueBuckets, queueTimes } from './queries/queue-times.ts';
import { runBuckets, runSums, workflowSums } from './queries/run-sums.ts';

type Sums = z.output<typeof Insights>['totals'];
type QueueTimes = Pick<Sums, 'queue_p50_seconds' | 'queue_p95_seconds'>;
type Lag = Pick<Sums, 'projection_lag_seconds'>;
type RunSums = Omit<Sums, keyof QueueTimes | keyof Lag>;
type At = { readonly at: Date };
type Store = Pick<Services, 'store'>;

const BUCKET_MS = { hour: 3_600_000, day: 86_400_000 } as const;
const WEEK_MS = 7 * BUCKET_MS.day;
const NO_QUEUE: QueueTimes = { queue_p50_seconds: null, queue_p95_seconds: null };
const NO_LAG: Lag = { projection_lag_seconds: null };

/** @throws InvalidError `invalid_request` for a period that is empty, or too long for its buckets */
export async function readInsights(
  services: Store & Pick<Services, 'readiness'>,
  asked: InsightsQuery,
): Promise<Insights> {
  const until = asked.until ?? new Date();
  const query = { ...asked, until, since: asked.since ?? new Date(until.getTime() - WEEK_MS) };
  assertPeriod(query);
  const { since, bucket, zone } = query;
  const before = periodBefore(query);
  const { store } = services;
  const [buckets, earlier, totals, previous, workflows, models, agents, failed, projection] =
    await Promise.all([
      bucketsOf(services, query, query),
      bucketsOf(services, before, query),
      sumsOf(services, query),
      sumsOf(services, before),
      store.all<RunSums & { workflow: string }>(workflowSums(query)),
      store.all<Insights['models'][number]>(modelSums(query)),
      store.all<Insights['agents'][number]>(agentSums(query)),
      store.all<Insights['failures'][number]>(failures(query)),
      projectionOf(services),
    ]);
  return {
    since: iso(since),
    until: iso(until),
    bucket,
    zone,
    buckets,
    totals,
    previous,
    previous_buckets: earlier,
    projection,
    workflows: workflows.map(workflowView),
    models,
    agents,
    failures: failed,
  };
}

function workflowView(sums: RunSums & { readonly workflow: string }): Insights['workflows'][number] {
  const { workflow, runs, failed, p50_seconds, p95_seconds, total_tokens, cost_estimate, unpriced_runs } =
    sums;
  return { workflow, runs, failed, p50_seconds, p95_seconds, total_tokens, cost_estimate, unpriced_runs };
}

async function bucketsOf(
  { store }: Store,
  period: Period,
  { bucket, zone }: Pick<InsightsQuery, 'bucket' | 'zone'>,
): Promise<Insights['buckets']> {
  const [runs, queues, lags] = await Promise.all([
    store.all<RunSums & At>(runBuckets(period, bucket, zone)),
    store.all<QueueTimes & At>(queueBuckets(period, bucket, zone)),
    store.all<Lag & At>(lagBuckets(period, bucket, zone)),
  ]);
  const queueAt = new Map(queues.map(({ at, ...times }) => [at.getTime(), times]));
  const lagAt = new Map(lags.map(({ at, ...lag }) => [at.getTime(), lag]));
  return runs.map(({ at, ...sums }) => ({
    ...sums,
    ...(queueAt.get(at.getTime()) ?? NO_QUEUE),
    ...(lagAt.get(at.getTime()) ?? NO_LAG),
    at: iso(at),
  }));
}

async function projectionOf({
  store,
  readiness,
}: Pick<Services, 'store' | 'readiness'>): Promise<Insights['projection']> {
  const [seconds, state] = await Promise.all([
    readiness.projectorSeconds(),
    store.first<Omit<Insights['projection'], 'projector_seconds'>>(projectionState()),
  ]);
  return {
    projector_seconds: seconds,
    followed_runs: state?.followed_runs ?? 0,
    unfollowed_runs: state?.unfollowed_runs ?? 0,
  };
}

async function sumsOf({ store }: Store, period: Period): Promise<Sums> {
  const [runs, queue, lag] = await Promise.all([
    store.first<RunSums>(runSums(period)),
    store.first<QueueTimes>(queueTimes(period)),
    store.first<Lag>(longestLag(period)),
  ]);
  if (runs === undefined) throw new Error('sums without a row');
  return { ...runs, ...(queue ?? NO_QUEUE), ...(lag ?? NO_LAG) };
}

function assertPeriod({ since, until, bucket }: Period & Pick<InsightsQuery, 'bucket'>): void {
  const length = until.getTime() - since.getTime();
  const fault =
    length <= 0
      ? '`until` must be after `since`.'
      : length / BUCKET_MS[bucket] > MOST_BUCKETS
        ? `A period of more than ${MOST_BUCKETS} buckets: ask for days in place of hours, or for less.`
        : undefined;
  if (fault !== undefined) throw new InvalidError('invalid_request', fault);
}
