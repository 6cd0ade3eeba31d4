/** Statements on `node_assignments`, as whoever waits for the work needs them. */
import { sql, type Statement } from '../../database/sql.ts';
import { writeJson } from '../../plan/exact-json.ts';
import type { Json } from '../../plan/json.ts';
import type { AssignmentStatus } from '../../protocol/status.ts';
import type { Rejections } from '../matching.ts';
import {
  CHANNEL,
  RETURN_SECONDS,
  TAKE_SECONDS,
  UNATTENDED_SECONDS,
  type Need,
  type NodeFailure,
  type NodeView,
} from '../node.ts';
import { AT_NODE, OPEN } from './statuses.ts';

/** Work that is to be done. */
export interface Order {
  readonly id: string;
  readonly key: string;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly need: Need;
  /** JSON. */
  readonly input: string;
  /** The span of the attempt that wants it; null: it is not told. */
  readonly traceparent: string | null;
  readonly timeoutMs: number;
}

export interface AssignmentRow {
  readonly id: string;
  readonly status: AssignmentStatus;
  readonly node: string | null;
  readonly instance: string | null;
  readonly address: string | null;
  readonly missing: string | null;
  readonly comments: readonly string[];
  /** JSON. */
  readonly result: string | null;
  readonly failure: NodeFailure | null;
}

const shown = sql`
  a.id, a.status, a.node, a.instance, n.address, a.missing, a.comments, a.result, a.failure
  from node_assignments a left join nodes n on n.id = a.node`;

/** What came of the work itself under this key before, where something did; answers an {@link AssignmentRow}. */
export const findEnded = (key: string): Statement => sql`
  select ${shown} where a.key = ${key} and (
    a.status = 'completed' or (a.status = 'failed' and a.failure->>'category' = 'TASK')) order by a.ended_at desc limit 1`;

/** Puts work up, or joins whoever is at it already: `{id, isNew}`. */
export const putUp = ({
  id,
  key,
  run,
  step,
  attempt,
  need,
  input,
  traceparent,
  timeoutMs,
}: Order): Statement => sql`
  insert into node_assignments (id, key, run_id, step, attempt, need, input, traceparent, ends_by)
  values (${id}, ${key}, ${run}, ${step}, ${attempt}, ${need as unknown as Json}, ${input}, ${traceparent},
          now() + ${timeoutMs}::float8 * interval '1 ms')
  on conflict (key) where status in ${OPEN} do update
    set attended_at = now(), attempt = excluded.attempt, ends_by = excluded.ends_by,
        traceparent = excluded.traceparent
  returning id, id = ${id} as "isNew"`;

/** How these stand; says that somebody waits for them. Answers {@link AssignmentRow}s. */
export const attend = (ids: readonly string[]): Statement => sql`
  with attended as (
    update node_assignments set attended_at = now() where id = any(${ids}) and attended_at < now() - interval '5 s')
  select ${shown} where a.id = any(${ids})`;

/** Ends work that nobody waits for any more; nothing where it has ended. */
export const cancel = (id: string): Statement => sql`
  update node_assignments set status = 'cancelled', ended_at = now() where id = ${id} and status in ${OPEN}
  returning id, pg_notify(${CHANNEL}, '')`;

/** Of a node that Baton calls: it has been called. Nothing where somebody else has. */
export const begin = (id: string, instance: string): Statement => sql`
  update node_assignments set status = 'running', instance = ${instance}, started_at = now()
  where id = ${id} and status = 'assigned' returning id`;

/** What came of it; nothing where it is over, or at another. */
export const end = (id: string, instance: string, outcome: Outcome): Statement => sql`
  update node_assignments set ended_at = now(), started_at = coalesce(started_at, now()), status = ${outcome.status},
    result = ${outcome.status === 'completed' ? outcome.result : null},
    failure = ${outcome.status === 'failed' ? writeJson(outcome.failure as unknown as Json) : null}::jsonb,
    comments = comments || ${writeJson([...outcome.comments])}::jsonb
  where id = ${id} and instance = ${instance} and status in ${AT_NODE}
  returning id, pg_notify(${CHANNEL}, '')`;

export type Outcome =
  | { readonly status: 'completed'; readonly result: string; readonly comments: readonly string[] }
  | { readonly status: 'failed'; readonly failure: NodeFailure; readonly comments: readonly string[] }
  | { readonly status: 'lost'; readonly comments: readonly string[] };

/** One at a time matches; another tries again a moment later. */
export const lockMatching: Statement = sql`select pg_try_advisory_xact_lock(hashtext('baton nodes')) as locked`;

/** Work whose node is gone is lost, and work that nobody waits for is cancelled. */
export const sweep: Statement = sql`
  with gone as (
    update node_assignments a set status = 'lost', ended_at = now()
    where a.status in ${AT_NODE} and not exists (
      select from nodes n where n.id = a.node and (
        n.address is not null or (
          n.instance is not distinct from a.instance
          and n.seen_at > now() - n.lease_ms * interval '1 ms'
          and (n.connected or n.seen_at > now() - make_interval(secs => ${RETURN_SECONDS}))
          and (a.status = 'running' or a.assigned_at > now() - make_interval(secs => ${TAKE_SECONDS})))))
    returning a.id),
  left_alone as (
    update node_assignments a set status = 'cancelled', ended_at = now()
    where a.status in ${OPEN} and a.attended_at < now() - make_interval(secs => ${UNATTENDED_SECONDS})
      and a.id not in (select id from gone)
    returning a.id)
  select pg_notify(${CHANNEL}, '') from (select id from gone union all select id from left_alone limit 1) as changed`;

/** Oldest first: {@link WaitingRow}s. */
export const listWaiting = (most: number): Statement => sql`
  select id, need, missing, rejections from node_assignments where status = 'waiting' order by created_at, id limit ${most}`;

export interface WaitingRow {
  readonly id: string;
  readonly need: Need;
  readonly missing: string | null;
  readonly rejections: Rejections;
}

/** @param why this node */
export const assign = (id: string, { id: node, instance }: NodeView, why: string): Statement => sql`
  update node_assignments set status = 'assigned', node = ${node}, instance = ${instance}, assigned_at = now(),
    missing = null, why = ${why}
  where id = ${id} and status = 'waiting' returning id`;

export const tellMissing = (id: string, missing: string): Statement => sql`
  update node_assignments set missing = ${missing} where id = ${id} and status = 'waiting'`;

export const wake: Statement = sql`select pg_notify(${CHANNEL}, '')`;
