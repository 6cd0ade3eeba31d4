/**
 * What an open run is doing at the moment, and whom or what it waits for: the one place where that is derived from the
 * tables. Of ended runs only a limit is told that somebody may raise.
 */
import { sql, type Statement } from '../../../database/sql.ts';
import { HANG_WITHIN, isOpen, WAITS } from '../../../tables/finding/waits.ts';

/** Of each kind so many are told; `progress` counts all steps. */
const MOST = 20;

/** The columns `waiting_for`, `progress` and `forks` of a run `r`, each null where there is nothing to tell. */
export const runNow: Statement = sql`
  case when ${isOpen} or ${WAITS.limit} then (
    select jsonb_agg(w.told order by w.rank, w.since, w.told->>'step') from (
      ${questions()} union all ${limits()} union all ${pause()} union all ${hold()}
      union all ${retries()} union all ${workers()} union all ${nodes()} union all ${hangs()} union all ${held()}
    ) w) end as waiting_for,
  case when ${isOpen} then (
    select jsonb_build_object(
      'total', count(*),
      'settled', count(*) filter (where s.status in ('completed', 'failed', 'skipped', 'cancelled')),
      'active', count(*) filter (where s.status in ('running', 'waiting', 'retrying')),
      'current', coalesce((array_agg(s.address order by s.position)
        filter (where s.status in ('running', 'waiting', 'retrying')))[1:${MOST}], '{}'))
    from workflow_step_executions s where s.run_id = r.id and s.status <> 'superseded') end as progress,
  ${forks()} as forks`;

/**
 * When the next attempt of a step `s` begins, in SQL: its last error says what was waited for from then on. Null while
 * a pause stops the clock.
 */
export function retryAt(isPaused: Statement): Statement {
  return sql`
    (select case when not ${isPaused} then e.at + (e.data->>'delay_ms')::float8 * interval '1 ms' end
     from workflow_events e
     where e.run_id = s.run_id and e.type = 'error' and e.step = s.address and s.status = 'retrying' and s.held is null
     order by e.seq desc limit 1)`;
}

/** Runs that began with the state of one of its checkpoints. */
function forks(): Statement {
  return sql`(
    select jsonb_agg(jsonb_build_object('run', f.id, 'checkpoint', f.lineage->'forked_from'->'checkpoint')
      order by f.created_at, f.id)
    from (
      select id, lineage, created_at from workflow_runs
      where lineage->'forked_from'->>'run' = r.id order by created_at, id limit ${MOST}
    ) f)`;
}

function questions(): Statement {
  return sql`(select 1 as rank, q.asked_at as since, jsonb_build_object('kind', 'question', 'step', q.step,
      'question', q.id, 'asks', q.kind, 'text',
      case when q.edit is null then coalesce(q.call->>'preview', q.preview) else q.preview end,
      'call', q.call->>'name', 'who', to_jsonb(q.approvers), 'since', q.asked_at, 'until', q.expires_at) as told
    from workflow_questions q where q.run_id = r.id and q.status = 'open' order by q.asked_at, q.id limit ${MOST})`;
}

/** A limit that asks has a question; this is for those that have ended their step or run. */
function limits(): Statement {
  return sql`(select 2, r.updated_at, jsonb_build_object('kind', 'limit', 'step', n->'step', 'text', n->'message')
    from jsonb_array_elements(r.needs) n
    where n->>'kind' = 'limit' and not exists (
      select 1 from workflow_questions q
      where q.run_id = r.id and q.status = 'open' and q.kind = 'limit' and q.step = n->>'step'))`;
}

function pause(): Statement {
  return sql`(select 3, r.pause_requested_at, jsonb_build_object('kind', 'pause', 'text', r.pause_reason,
      'who', case when r.pause->>'by' is null then '[]' else jsonb_build_array(r.pause->'by') end,
      'since', r.pause_requested_at, 'until', r.pause->'ends_at')
    where ${WAITS.pause})`;
}

/** Temporal's own pause. */
function hold(): Statement {
  return sql`(select 3, (r.temporal_pause->>'since')::timestamptz, jsonb_build_object('kind', 'temporal_pause',
      'text', r.temporal_pause->'reason',
      'who', case when r.temporal_pause->>'by' is null then '[]' else jsonb_build_array(r.temporal_pause->'by') end,
      'since', (r.temporal_pause->>'since')::timestamptz)
    where ${WAITS.temporal_pause})`;
}

function retries(): Statement {
  return sql`(select 4, s.started_at, jsonb_build_object('kind', 'retry', 'step', s.address, 'attempt', s.attempt,
      'text', s.error->>'message', 'until', ${retryAt(sql`r.is_paused`)})
    from workflow_step_executions s where s.run_id = r.id and s.status = 'retrying' and s.held is null and ${WAITS.retry}
    order by s.position limit ${MOST})`;
}

function workers(): Statement {
  return sql`(select 5, p.observed_at, jsonb_build_object('kind', 'worker', 'step', p.step, 'text', p.waiting_for)
    from workflow_processes p where p.run_id = r.id and p.waiting_for is not null and ${isOpen}
    order by p.step limit ${MOST})`;
}

function nodes(): Statement {
  return sql`(select 5, n.created_at, jsonb_build_object('kind', 'node', 'step', n.step, 'text', n.missing,
      'since', n.created_at)
    from node_assignments n where n.run_id = r.id and n.status = 'waiting' and ${isOpen}
    order by n.created_at limit ${MOST})`;
}

function held(): Statement {
  return sql`(select 7, (s.held->>'at')::timestamptz, jsonb_build_object('kind', 'held', 'step', s.address,
      'text', s.held->'reason',
      'who', case when s.held->>'by' is null then '[]' else jsonb_build_array(s.held->'by') end,
      'since', s.held->'at')
    from workflow_step_executions s where s.run_id = r.id and s.held is not null and ${isOpen}
    order by s.position limit ${MOST})`;
}

function hangs(): Statement {
  return sql`(select 6, min(x.at), jsonb_build_object('kind', 'hang', 'times', count(*), 'since', min(x.at),
      'text', (array_agg(x.expression order by x.id desc) filter (where x.expression is not null))[1])
    from execution_stalls x
    where x.execution_id = r.execution_id and not x.ended and x.at > now() - ${HANG_WITHIN} and ${isOpen}
    having count(*) > 0)`;
}
