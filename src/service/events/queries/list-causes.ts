import { sql, type Statement } from '../../../database/sql.ts';
import { eventColumns } from './list-events.ts';

/** An event (EventRow) and the chain of what led to it, from it to its root, at most `limit` rows. */
export const listCauses = (runId: string, seq: number, limit: number): Statement => sql`
  with recursive chain as (
    select e.*, 1 as depth from workflow_events e where e.run_id = ${runId} and e.seq = ${seq}
    union all
    select e.*, c.depth + 1 from chain c
    join workflow_events e on e.run_id = ${runId} and e.seq = c.caused_by and e.seq < c.seq
    where c.depth < ${limit}::int
  )
  select ${eventColumns} from chain order by depth`;
