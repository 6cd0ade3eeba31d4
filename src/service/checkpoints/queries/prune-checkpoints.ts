import { sql, type Statement } from '../../../database/sql.ts';

/** Nobody writes a page of the run, or its rows anew, until the transaction ends. */
export const lockExecutions = (runId: string): Statement =>
  sql`select from executions where run_id = ${runId} for update`;

/** All checkpoints (Point) of a run, the newest first. Rows of an older form may have no number yet. */
export const listPoints = (runId: string): Statement => sql`
  select number, reason, label, created_at from workflow_checkpoints
  where run_id = ${runId} and number is not null order by number desc`;

/**
 * The checkpoint (`number`) that the present epoch of a run began at: the epoch's first comes after it, whatever was
 * pruned between them. Nothing, where the epoch has none yet or began anew.
 */
export const findBranch = (runId: string): Statement => sql`
  with recursive line as (
    select c.parent as number from workflow_checkpoints c join workflow_runs r on r.id = c.run_id and r.epoch = c.epoch
    where c.run_id = ${runId} and c.number = (
      select min(f.number) from workflow_checkpoints f where f.run_id = c.run_id and f.epoch = c.epoch)
    union
    select p.parent from line l join pruned_checkpoints p on p.run_id = ${runId} and p.number = l.number
  )
  select number from line
  where exists (select from workflow_checkpoints c where c.run_id = ${runId} and c.number = line.number)`;

/** Checkpoints of a run (`number`) at which others began. */
export const listForkedAt = (runId: string): Statement => sql`
  select distinct (lineage->'forked_from'->>'checkpoint')::int as number from workflow_runs
  where lineage->'forked_from'->>'run' = ${runId}`;

/** Checkpoints of a run (`number`) that it was set back to. */
export const listRestoredTo = (runId: string): Statement => sql`
  select distinct (metadata->>'checkpoint')::int as number from workflow_messages
  where run_id = ${runId} and action_type = 'restore' and metadata->>'checkpoint' is not null`;

/**
 * What Postgres keeps of a row. Large values are measured as they are stored, compressed; within a row they would not be.
 */
const rowSize = sql`
  pg_column_size(row(run_id, epoch, execution_id, event_id, kind, interpreter, workflow, version, plan_hash, created_at,
                     number, seq, reason, label, parent, steps_settled, turns, total_tokens, cost_estimate))
  + coalesce(pg_column_size(state), 0) + coalesce(pg_column_size(inputs), 0)
  + coalesce(pg_column_size(labels), 0) + coalesce(pg_column_size(settled), 0)`;

const rememberedSize = sql`
  pg_column_size(row(run_id, number, execution_id, event_id, parent, label, now()))`;

const named = (runId: string, numbers: readonly number[]): Statement =>
  sql`run_id = ${runId} and number = any(${numbers}::int[])`;

/** What pruning those would free (`bytes`). */
export const measureCheckpoints = (runId: string, numbers: readonly number[]): Statement => sql`
  select coalesce(sum(${rowSize} - ${rememberedSize}), 0)::bigint as bytes
  from workflow_checkpoints where ${named(runId, numbers)}`;

/** Removes them for good; answers what that frees (`bytes`). */
export const deleteCheckpoints = (runId: string, numbers: readonly number[]): Statement => sql`
  with measured as (${measureCheckpoints(runId, numbers)}),
  gone as (delete from workflow_checkpoints where ${named(runId, numbers)}
           returning run_id, number, execution_id, event_id, parent, label),
  remembered as (insert into pruned_checkpoints (run_id, number, execution_id, event_id, parent, label)
                 select run_id, number, execution_id, event_id, parent, label from gone)
  select bytes from measured`;
