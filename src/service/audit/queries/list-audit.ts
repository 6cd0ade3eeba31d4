import { ACCEPTED, BEGUN } from '../../../database/audit.ts';
import { allOf, sql, type Statement } from '../../../database/sql.ts';
import type { AuditFilter } from '../../../contract/audit.ts';

/** Rows of the audit log (AuditRow), newest first, one more than the limit; `before` is the id of the last one seen. */
export const listAudit = (filter: AuditFilter, before: number | undefined): Statement => sql`
  select id, at, ended_at, actor, action, outcome, status, method, route, run_id, workflow, address, user_agent,
         request_id, detail
  from audit_log where ${allOf([...conditions(filter, before)])}
  order by id desc limit ${filter.limit + 1}`;

function* conditions(filter: AuditFilter, before: number | undefined): Generator<Statement> {
  const { run, workflow, actor, action, outcome, since, until } = filter;
  if (before !== undefined) yield sql`id < ${before}`;
  if (run !== undefined) yield sql`run_id = ${run}`;
  if (workflow !== undefined) yield sql`workflow = ${workflow}`;
  if (actor !== undefined) yield sql`actor = ${actor}`;
  if (action !== undefined) yield sql`action = ${action}`;
  if (outcome === 'refused') yield sql`outcome <> all(${[ACCEPTED, BEGUN]})`;
  else if (outcome !== undefined) yield sql`outcome = ${outcome}`;
  if (since !== undefined) yield sql`at >= ${since}`;
  if (until !== undefined) yield sql`at < ${until}`;
}
