import { sql, type Statement } from '../../database/sql.ts';

/** Stored events `{data}` by which a run has handed work to workers, not before `since`, in order, after `offset` of them. */
export const listHandedOver = (runId: string, since: Date, offset: number, limit: number): Statement => sql`
  select h.data from history_events h
  join executions e using (execution_id)
  where e.run_id = ${runId} and h.event_type = 'ACTIVITY_TASK_SCHEDULED' and h.event_time >= ${since}
  order by h.event_time, h.event_id offset ${offset}::int limit ${limit}::int`;
