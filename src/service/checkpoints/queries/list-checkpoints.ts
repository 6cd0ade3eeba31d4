import { sql, type Statement } from '../../../database/sql.ts';

/** Rows of older forms, which the projector has not written anew yet, do not tell what had settled. */
const columns = sql`run_id, number, epoch, reason, label, parent, seq, coalesce(settled, '[]') as settled, steps_settled,
         turns, total_tokens, cost_estimate, workspace_commit, execution_id, event_id, created_at`;

/** Checkpoints (CheckpointRow) of a run, newest first, one more than the limit; only those before a number, if told. */
export const listCheckpoints = (runId: string, limit: number, before: number | undefined): Statement => sql`
  select ${columns} from workflow_checkpoints
  where run_id = ${runId} and number < ${before ?? null}::int is not false
  order by number desc limit ${limit + 1}`;

export type CheckpointWanted = 'newest' | { readonly number: number | null; readonly label: string | null };

/** The checkpoint (CheckpointRow) of a number, else the newest of a label, or of all; or nothing. */
export const findCheckpointNamed = (runId: string, wanted: CheckpointWanted): Statement => {
  const { number, label } = wanted === 'newest' ? { number: null, label: null } : wanted;
  return sql`
    select ${columns} from workflow_checkpoints
    where run_id = ${runId}
      and ((${wanted === 'newest'}::boolean and number is not null) or number = ${number}::int or label = ${label}::text)
    order by number desc limit 1`;
};

/** The first checkpoint (CheckpointRow) of a run that tells of an event, with a label; or nothing. */
export const findLabelled = (runId: string, seq: number): Statement => sql`
  select ${columns} from workflow_checkpoints
  where run_id = ${runId} and seq >= ${seq}::bigint and label is not null
  order by number limit 1`;

/** A pruned checkpoint of a run (`number`) by its number, else the newest of a label; or nothing. */
export const findPruned = (
  runId: string,
  { number, label }: { readonly number: number | null; readonly label: string | null },
): Statement => sql`
  select number from pruned_checkpoints
  where run_id = ${runId} and (number = ${number}::int or label = ${label}::text)
  order by number desc limit 1`;

/** The first that was not pruned (CheckpointRow) of a checkpoint and those that it comes after; or nothing. */
export const findKeptBefore = (runId: string, number: number): Statement => sql`
  with recursive line as (
    select ${number}::int as number
    union
    select p.parent from line l join pruned_checkpoints p on p.run_id = ${runId} and p.number = l.number
  )
  select ${columns} from workflow_checkpoints
  where run_id = ${runId} and number in (select number from line) order by number desc limit 1`;
