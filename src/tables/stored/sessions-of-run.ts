import { sql, type Statement } from '../../database/sql.ts';

/**
 * The entries of a run's sessions. A session belongs to the run that began it, since its id is derived from that one's; a
 * fork goes on in sessions of the runs that it comes from, which keep them while they are here.
 */
export const bySessionOf = (runId: string): Statement => sql`
  session_id in (
    ${sessionsNamedBy(runId)}
    except select session_id from llm_calls where session_id is not null and run_id in (
      with recursive origins as (
        select lineage->'forked_from'->>'run' as id from workflow_runs where id = ${runId}
        union
        select r.lineage->'forked_from'->>'run' from origins o join workflow_runs r on r.id = o.id
      )
      select r.id from origins o join workflow_runs r on r.id = o.id where r.archived_at is null))`;

/** The sessions (`session_id`) that a run's rows name, whoever began them. */
export const sessionsNamedBy = (runId: string): Statement => sql`
  select session_id from workflow_runs where id = ${runId} and session_id is not null
  union select session_id from workflow_step_executions where run_id = ${runId} and session_id is not null
  union select session_id from llm_calls where run_id = ${runId} and session_id is not null`;
