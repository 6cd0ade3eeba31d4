import { sql, type Statement } from '../../../database/sql.ts';
import { ENDED_RUN } from '../../../protocol/status.ts';

/** The newest runs of each workflow that have ended (EndedRunRow), newest first, at most `last` of each. */
export const listEndedRuns = (
  workflows: readonly string[],
  last: number,
  version: string | undefined,
): Statement => sql`
  select r.* from unnest(${workflows}::text[]) as w (name)
  cross join lateral (
    select id, workflow, version, status, duration_seconds, active_seconds, cost_estimate, total_tokens, created_at
    from workflow_runs
    where workflow = w.name and status = any(${ENDED_RUN})
      and (${version ?? null}::text is null or version = ${version ?? null})
    order by created_at desc, id desc limit ${last}
  ) r`;
