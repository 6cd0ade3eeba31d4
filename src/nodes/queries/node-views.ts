/** Nodes as matching sees them: with what they have to do, and how their last assignments went. */
import { sql, type Statement } from '../../database/sql.ts';
import { AT_NODE } from './statuses.ts';

/** All nodes as `NodeView`s. */
export const nodeViews: Statement = sql`
  select n.id, n.capabilities, n.labels, n.slots, n.price, n.address, n.instance,
    n.draining or n.leaving as draining,
    n.address is not null or (n.connected and n.seen_at > now() - n.lease_ms * interval '1 ms') as alive,
    (select count(*)::int from node_assignments a where a.node = n.id and a.status in ${AT_NODE}) as used,
    past.seconds, coalesce(past.losses, 0) as losses
  from nodes n left join lateral (
    select percentile_cont(0.5) within group (order by extract(epoch from l.ended_at - l.started_at))
             filter (where l.status = 'completed') as seconds,
           count(*) filter (where l.status = 'lost' or l.failure->>'category' = 'INFRA')::int as losses
    from (
      select status, failure, started_at, ended_at from node_assignments
      where node = n.id and ended_at is not null order by created_at desc limit 20) l) past on true`;
