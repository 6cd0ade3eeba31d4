/** Statements on `execution_stalls`. */
import { sql, type Statement } from '../../database/sql.ts';

/** A run that kept a worker busy until it had to be replaced. */
export interface StallRow {
  readonly run_id: string;
  readonly execution_id: string;
  readonly worker: string;
  readonly expression: string | null;
}

/** Also forgets those of long ago. */
export const insertStall = ({ run_id, execution_id, worker, expression }: StallRow): Statement => sql`
  with old as (delete from execution_stalls where at < now() - interval '30 days')
  insert into execution_stalls (run_id, execution_id, worker, expression)
  values (${run_id}, ${execution_id}, ${worker}, ${expression})`;

/** Executions that stalled so often within an hour and have not been ended, with what they evaluated last. */
export const listRepeated = (times: number): Statement => sql`
  select run_id, execution_id, count(*)::int as times,
    (array_agg(expression order by id desc) filter (where expression is not null))[1] as expression
  from execution_stalls where not ended and at > now() - interval '1 hour'
  group by run_id, execution_id having count(*) >= ${times}`;

export const markEnded = (executionId: string): Statement => sql`
  update execution_stalls set ended = true where execution_id = ${executionId}`;
