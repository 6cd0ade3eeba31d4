import { sql, type Statement } from '../../../database/sql.ts';

/** Rows of older forms, which the projector has not written anew yet, do not tell what had settled. */
const columns = sql`run_id, number, epoch, reason, label, parent, seq, coalesce(settled, '[]') as settled, steps_settled,
         turns, total_tokens, cost_estimate, execution_id, event_id, created_at`;

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
