/** Runs that have ended longer ago than their own plan says that they are kept. */
import type { Database } from '../database/database.ts';
import { sql, type Statement } from '../database/sql.ts';
import { isAtRest } from './archives/at-rest.ts';

export interface ExpiredRun {
  readonly run: string;
  readonly workflow: string;
  readonly version: string | null;
  readonly ended_at: Date;
  /** As its plan says. */
  readonly retention_ms: number;
  /** Ids of runs that were forked from it and are still here. */
  readonly forks: readonly string[];
}

/** The oldest first. */
export async function expiredRuns(database: Database): Promise<readonly ExpiredRun[]> {
  return (await database.query<ExpiredRun>(listExpired)).rows;
}

/** Those that go, forks before what they were forked from, and those that have to wait for a fork that stays. */
export function inOrder(expired: readonly ExpiredRun[]): {
  readonly goes: readonly ExpiredRun[];
  readonly waits: readonly ExpiredRun[];
} {
  const goes = new Map<string, ExpiredRun>();
  for (let waits = expired; ;) {
    const next = waits.filter(({ forks }) => forks.every((fork) => goes.has(fork)));
    for (const one of next) goes.set(one.run, one);
    waits = waits.filter(({ run }) => !goes.has(run));
    if (next.length === 0) return { goes: [...goes.values()], waits };
  }
}

/** A plan is looked up by its hash: what was published since then counts for the runs since then. */
const listExpired: Statement = sql`
  with said as materialized (
    select workflow, hash, (plan->>'retentionMs')::bigint as ms from workflow_versions
    where plan->>'retentionMs' is not null
    union
    select workflow, hash, (plan->>'retentionMs')::bigint from run_plans where plan->>'retentionMs' is not null
  )
  select r.id as run, r.workflow, r.version, coalesce(r.completed_at, r.updated_at) as ended_at, s.ms as retention_ms,
         array(select f.id from workflow_runs f
               where f.lineage->'forked_from'->>'run' = r.id and f.archived_at is null order by f.id) as forks
  from workflow_runs r join said s on s.workflow = r.workflow and s.hash = r.plan_hash
  where coalesce(r.completed_at, r.updated_at) < now() - make_interval(secs => s.ms / 1000.0) and ${isAtRest}
  order by ended_at, r.id`;
