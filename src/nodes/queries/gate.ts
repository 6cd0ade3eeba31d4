/** Statements on nodes that come by themselves, and on the work that they have, as the process needs them that has their connections. */
import { sql, type Statement } from '../../database/sql.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { CHANNEL } from '../node.ts';
import { AT_NODE } from './statuses.ts';

/** Who joins, and what it can do. */
export interface Registration {
  readonly node: string;
  readonly instance: string;
  readonly capabilities: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly slots: number;
  /** Micro-dollars a second. */
  readonly price: number | null;
  readonly version: string | null;
  /** After so long without a word its work is lost. */
  readonly leaseMs: number;
  /** Assignments that it says to be at. */
  readonly running: readonly string[];
}

/** A connection: a node, as one program. */
export interface Linked {
  readonly node: string;
  readonly instance: string;
}

/** Nothing while another program stands under the name, or where Baton calls the node of that name. */
export const join = (who: Registration): Statement => sql`
  insert into nodes (id, capabilities, labels, slots, price, version, instance, connected, lease_ms)
  values (${who.node}, ${who.capabilities}::text[], ${writeJson(who.labels)}::jsonb, ${who.slots}, ${who.price},
          ${who.version}, ${who.instance}, true, ${who.leaseMs})
  on conflict (id) do update set capabilities = excluded.capabilities, labels = excluded.labels,
    slots = excluded.slots, price = excluded.price, version = excluded.version, instance = excluded.instance,
    connected = true, lease_ms = excluded.lease_ms, seen_at = now(),
    leaving = nodes.leaving and nodes.instance = excluded.instance
  where nodes.address is null and (
    nodes.instance is not distinct from excluded.instance or not nodes.connected
    or nodes.seen_at < now() - nodes.lease_ms * interval '1 ms')
  returning id, pg_notify(${CHANNEL}, '')`;

/** What it was at before and is not any more is lost: it goes to others. */
export const loseOthers = ({ node, instance, running }: Registration): Statement => sql`
  update node_assignments set status = 'lost', ended_at = now()
  where node = ${node} and status = 'running' and (instance is distinct from ${instance} or id <> all(${running}::text[]))
  returning id, pg_notify(${CHANNEL}, '')`;

/** They are there: `{node}` of those that still are. @param ages ms since each was last heard */
export const beat = (links: readonly Linked[], ages: readonly number[]): Statement => sql`
  update nodes n set seen_at = now() - b.age * interval '1 ms', connected = true
  from unnest(${links.map(({ node }) => node)}::text[], ${links.map(({ instance }) => instance)}::text[],
              ${ages}::float8[]) as b (node, instance, age)
  where n.id = b.node and n.instance = b.instance returning n.id as node`;

export const leave = ({ node, instance }: Linked): Statement => sql`
  update nodes set connected = false, seen_at = now() where id = ${node} and instance = ${instance}
  returning id, pg_notify(${CHANNEL}, '')`;

export const leaving = ({ node, instance }: Linked): Statement => sql`
  update nodes set leaving = true where id = ${node} and instance = ${instance} returning id, pg_notify(${CHANNEL}, '')`;

/** What nodes have at the moment: {@link WorkRow}s. */
export const listWork = (links: readonly Linked[]): Statement => sql`
  select a.id, a.node, a.status, a.key, a.run_id, a.step, a.attempt, a.need->>'capability' as capability, a.traceparent, a.ends_by,
    coalesce(r.pause_requested_at is not null, false) as pausing, r.pause_reason
  from unnest(${links.map(({ node }) => node)}::text[], ${links.map(({ instance }) => instance)}::text[])
         as l (node, instance)
  join node_assignments a on a.node = l.node and a.instance = l.instance and a.status in ${AT_NODE}
  left join workflow_runs r on r.id = a.run_id`;

export interface WorkRow {
  readonly id: string;
  readonly node: string;
  readonly status: 'assigned' | 'running';
  readonly key: string;
  readonly run_id: string;
  readonly step: string;
  readonly attempt: number;
  readonly capability: string | null;
  readonly traceparent: string | null;
  readonly ends_by: Date;
  readonly pausing: boolean;
  readonly pause_reason: string | null;
}

/** What it is to be done with: `{input}`. */
export const findInput = (id: string): Statement => sql`select input from node_assignments where id = ${id}`;

/** What people have said to these since their attempts began: {@link SaidRow}s, in their order. */
export const listSaid = (ids: readonly string[]): Statement => sql`
  select a.id, m.seq, coalesce(m.message_id, '') as message_id, coalesce(m.content, '') as text,
    coalesce(m.author, '') as by
  from node_assignments a
  join workflow_step_attempts t on t.run_id = a.run_id and t.step = a.step and t.attempt = a.attempt
  join workflow_messages m on m.run_id = a.run_id and m.action_type = 'instruction' and m.action_status <> 'ignored'
    and m.created_at >= t.scheduled_at and t.completed_at is null and (m.step = a.step or m.metadata->>'target' is null)
  where a.id = any(${ids}) order by m.seq`;

export interface SaidRow {
  readonly id: string;
  readonly seq: number;
  readonly message_id: string;
  readonly text: string;
  readonly by: string;
}

/** Nothing where it is over, or another's. */
export const accept = (id: string, { node, instance }: Linked): Statement => sql`
  update node_assignments set status = 'running', started_at = now()
  where id = ${id} and node = ${node} and instance = ${instance} and status = 'assigned' returning id`;

/** It waits again, for the others. */
export const reject = (id: string, { node, instance }: Linked, reason: string): Statement => sql`
  update node_assignments set status = 'waiting', node = null, instance = null, assigned_at = null,
    rejections = rejections || jsonb_build_object(${node}::text, ${reason}::text)
  where id = ${id} and node = ${node} and instance = ${instance} and status in ${AT_NODE}
  returning id, pg_notify(${CHANNEL}, '')`;

export const keepProgress = (ids: readonly string[], progress: readonly string[]): Statement => sql`
  update node_assignments a set progress = p.progress::jsonb
  from unnest(${ids}::text[], ${progress}::text[]) as p (id, progress) where a.id = p.id and a.status in ${AT_NODE}`;

/** Somebody has answered what was over: `{id}` where there was such work. */
export const countLate = (id: string): Statement => sql`
  update node_assignments set late_answers = late_answers + 1 where id = ${id} returning id`;
