/** In which ways runs wait: conditions on the row of a run `r`, one for each kind. */
import { sql, type Statement } from '../../database/sql.ts';
import type { WaitingKind } from '../../protocol/filter/waiting-kinds.ts';

/** Stalls that are older say nothing about the present. */
export const HANG_WITHIN = sql`interval '1 hour'`;

export const isOpen: Statement = sql`r.status in ('pending', 'running', 'paused')`;

/** Which runs wait so: conditions on a run `r`, by kind. */
export const WAITS = {
  question: sql`exists (select 1 from workflow_questions q where q.run_id = r.id and q.status = 'open')`,
  limit: sql`r.needs @> '[{"kind": "limit"}]'`,
  pause: sql`(r.is_paused and ${isOpen})`,
  temporal_pause: sql`(r.temporal_pause is not null and ${isOpen})`,
  retry: sql`(${isOpen} and not r.is_paused and exists (
    select 1 from workflow_step_executions s where s.run_id = r.id and s.status = 'retrying' and s.held is null))`,
  worker: sql`(${isOpen} and exists (
    select 1 from workflow_processes p where p.run_id = r.id and p.waiting_for is not null))`,
  node: sql`(${isOpen} and exists (
    select 1 from node_assignments n where n.run_id = r.id and n.status = 'waiting'))`,
  hang: sql`(${isOpen} and exists (
    select 1 from execution_stalls x
    where x.execution_id = r.execution_id and not x.ended and x.at > now() - ${HANG_WITHIN}))`,
  held: sql`(${isOpen} and exists (
    select 1 from workflow_step_executions s where s.run_id = r.id and s.held is not null))`,
} as const satisfies Readonly<Record<WaitingKind, Statement>>;
