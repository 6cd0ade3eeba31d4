/** Statements on `nodes`, for people. */
import type { NodeContent } from '../../../contract/nodes/node.ts';
import { literally, sql, type Statement } from '../../../database/sql.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import { CHANNEL } from '../../../nodes/node.ts';
import { assignmentJson } from '../../../nodes/queries/assignment-json.ts';
import { AT_NODE } from '../../../nodes/queries/statuses.ts';
import { nodeViews } from '../../../nodes/queries/node-views.ts';

/** All nodes, or one, each with what it is at; times of `assignments` are in Postgres' form. */
export const listNodes = (id?: string): Statement => sql`
  select v.*, w.joined_at, w.seen_at, w.version, case when w.address is null then w.lease_ms end as lease_ms,
    coalesce(x.assignments, '[]') as assignments
  from (${nodeViews}) v join nodes w on w.id = v.id
  left join lateral (
    select jsonb_agg(l.told order by l.created_at desc) as assignments from (
      select ${assignmentJson} as told, a.created_at from node_assignments a where a.node = v.id
      order by a.status in ${AT_NODE} desc, a.created_at desc limit 20) l) x on true
  where ${id === undefined ? literally('true') : sql`v.id = ${id}`} order by v.id`;

/** Work that no node does: `{assignment}`. */
export const listUnassigned: Statement = sql`
  select ${assignmentJson} as assignment from node_assignments a where a.status = 'waiting'
  order by a.created_at, a.id limit 100`;

/** Nothing where a node comes by itself under that name. */
export const putNode = (
  id: string,
  { address, capabilities, labels, slots, price }: NodeContent,
): Statement => sql`
  insert into nodes (id, address, capabilities, labels, slots, price)
  values (${id}, ${address}, ${capabilities}::text[], ${writeJson(labels)}::jsonb, ${slots}, ${price})
  on conflict (id) do update set address = excluded.address, capabilities = excluded.capabilities,
    labels = excluded.labels, slots = excluded.slots, price = excluded.price
  where nodes.address is not null
  returning id, pg_notify(${CHANNEL}, '')`;

export const setDraining = (id: string, draining: boolean): Statement => sql`
  update nodes set draining = ${draining}, leaving = leaving and ${draining} where id = ${id}
  returning id, pg_notify(${CHANNEL}, '')`;

export const removeNode = (id: string): Statement => sql`
  delete from nodes where id = ${id} returning id, pg_notify(${CHANNEL}, '')`;
