-- Up Migration

-- Written by the projector; all of it can be rebuilt from history_events --------------------------------------------

alter table workflow_runs
  -- Temporal's own pause, which the run itself does not see; null, or {by, reason, since}
  add column temporal_pause jsonb,
  -- How long something of the run was dispatched, up to active_since. Null: written before this was measured.
  add column active_seconds double precision,
  -- Since when something is dispatched; null: nothing is.
  add column active_since timestamptz;

alter table workflow_messages
  -- Digest of what it says: of an id that is used again it tells a repetition from another message. Null: of no command,
  -- or written before it was kept.
  add column said text;

-- Volatile, as the rest of the table.
alter table workflow_processes
  -- Paused in Temporal: {by, reason, since}; by and reason where Temporal tells them
  add column pause jsonb,
  -- As they are in force, which operators may have changed:
  -- {queue, start_to_close_ms, schedule_to_start_ms, schedule_to_close_ms, heartbeat_ms, max_attempts}
  add column options jsonb;

-- What a run has worked until now; of one that is open it moves.
create function working_seconds(run workflow_runs) returns double precision language sql stable as $$
  select run.active_seconds + coalesce(extract(epoch from now() - run.active_since), 0)
$$;

-- The columns that are there keep their places and types: views of others may stand on these.
create or replace view workflow_executions as
  select id, workflow, version, status, terminal_reason, inputs, output, error_message, session_id, session_name,
         total_tokens, input_tokens, output_tokens, cost_estimate, duration_seconds, metadata,
         created_at, started_at, completed_at, updated_at,
         working_seconds(r) as active_seconds
  from workflow_runs r;

create or replace view v_active_executions as
  select r.id, r.workflow, r.version, r.status, r.is_paused, r.started_at,
         extract(epoch from now() - r.started_at) as running_seconds,
         count(s.key) as steps_total,
         count(s.key) filter (where s.status in ('completed', 'failed', 'skipped', 'cancelled')) as steps_settled,
         count(s.key) filter (where s.status in ('running', 'waiting')) as steps_running,
         working_seconds(r) as active_seconds,
         r.temporal_pause
  from workflow_runs r left join workflow_step_executions s on s.run_id = r.id
  where r.status in ('pending', 'running', 'paused')
  group by r.id;

-- Average and median are of working time. The money is that of the runs whose price is known, and null when none is.
create or replace view v_workflow_stats as
  select workflow,
         count(*) as runs,
         count(*) filter (where status = 'completed') as completed,
         count(*) filter (where status in ('failed', 'timed_out')) as failed,
         count(*) filter (where status in ('cancelled', 'terminated')) as cancelled,
         count(*) filter (where status in ('pending', 'running', 'paused')) as active,
         avg(active_seconds) filter (where status = 'completed') as average_seconds,
         percentile_cont(0.5) within group (order by active_seconds)
           filter (where status = 'completed') as median_seconds,
         sum(total_tokens) as total_tokens,
         sum(cost_estimate) as cost_estimate,
         max(created_at) as last_run_at,
         count(*) filter (where cost_estimate is null) as unpriced_runs,
         avg(duration_seconds) filter (where status = 'completed') as average_duration_seconds,
         percentile_cont(0.5) within group (order by duration_seconds)
           filter (where status = 'completed') as median_duration_seconds
  from workflow_runs group by workflow;

-- Down Migration
-- Forward only: restore a backup instead.
