/** Statements on events that are on their way out. */
import { sql, type Statement } from '../../database/sql.ts';
import type { RunFacts } from '../cloud-event.ts';
import type { NotifyRule } from '../../plan/plan.ts';

const LOCK = 'baton outgoing events';

/** `{mine}`: whether this transaction alone takes events out, until its end. */
export const lockOutgoing: Statement = sql`select pg_try_advisory_xact_lock(hashtextextended(${LOCK}, 0)) as mine`;

/** Takes the oldest out: `{position, id, event}`. */
export const takeOutgoing = (most: number): Statement => sql`
  with taken as (
    delete from outgoing_events
    where position in (select position from outgoing_events order by position limit ${most}) returning *
  )
  select position, id, event from taken order by position`;

export interface RunRow extends RunFacts {
  readonly notify: NotifyRule | null;
  readonly started_by: string | null;
}

/** The runs of events, each with what its definition says of notices. An edited plan stands for its run. */
export const listRunFacts = (ids: readonly string[]): Statement => sql`
  select r.id, r.workflow, r.version, r.status, r.labels, r.metadata->>'started_by' as started_by, coalesce(
    (select v.plan->'notify' from workflow_versions v
     where v.workflow = r.workflow and v.hash = r.plan_hash order by v.ordinal desc limit 1),
    (select p.plan->'notify' from run_plans p where p.workflow = r.workflow and p.hash = r.plan_hash limit 1)
  ) as notify
  from workflow_runs r where r.id = any(${ids})`;

/** `{run_id, id, approvers}` of those questions that name who may answer. @param runs of each of `ids` its run */
export const listAsked = (runs: readonly string[], ids: readonly string[]): Statement => sql`
  select q.run_id, q.id, q.approvers from workflow_questions q
  where (q.run_id, q.id) in (select * from unnest(${runs}::text[], ${ids}::text[])) and cardinality(q.approvers) > 0`;
