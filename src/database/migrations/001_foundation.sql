-- Up Migration

-- Large values by content: the SHA-256 (hex) of their JSON text. Written by activities and the API, never updated.
create table blobs (
  hash text primary key,
  bytes bigint not null,
  content text not null,
  created_at timestamptz not null default now()
);

-- Written by the API ----------------------------------------------------------------------------------------------

create table workflows (
  name text primary key,
  latest_version text not null,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- Immutable once published; the same text twice is the same row.
create table workflow_versions (
  workflow text not null references workflows (name),
  version text not null,
  ordinal integer not null,
  hash text not null,
  source text not null,
  format text not null check (format in ('yaml', 'json')),
  plan jsonb not null,
  published_by text,
  created_at timestamptz not null default now(),
  primary key (workflow, version),
  unique (workflow, ordinal)
);
create index workflow_versions_hash on workflow_versions (hash);

create table workflow_steps (
  workflow text not null,
  version text not null,
  key text not null,
  position integer not null,
  level integer not null,
  title text not null,
  kind text not null,
  capability text,
  parallel boolean not null,
  primary key (workflow, version, key),
  foreign key (workflow, version) references workflow_versions (workflow, version)
);

create table workflow_dependencies (
  workflow text not null,
  version text not null,
  step text not null,
  depends_on text not null,
  primary key (workflow, version, step, depends_on),
  foreign key (workflow, version, step) references workflow_steps (workflow, version, key),
  foreign key (workflow, version, depends_on) references workflow_steps (workflow, version, key)
);

create table idempotency_keys (
  key text primary key,
  body_hash text not null,
  run_id text not null,
  created_at timestamptz not null default now()
);

-- What came to a run too late to be a fact of its history (a command to a closed run), and who did what by API.
create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text,
  action text not null,
  run_id text,
  outcome text not null,
  detail jsonb
);
create index audit_log_run on audit_log (run_id, id);

-- Written by the projector; all of it can be rebuilt from history_events --------------------------------------------

-- One row for each Temporal execution. `cursor` is the last event that was folded and stored.
create table executions (
  execution_id text primary key,
  run_id text not null,
  workflow_type text not null,
  first_execution_id text,
  started_at timestamptz not null,
  cursor bigint not null default 0,
  close_status text,
  closed_at timestamptz,
  successor_id text,
  is_reset boolean not null default false,
  source_gone boolean not null default false,
  lease_owner text,
  lease_until timestamptz
);
create index executions_run on executions (run_id, started_at);
create index executions_open on executions (lease_until) where close_status is null;

-- The durable events themselves (protobuf bytes): the tables below are a fold over them.
create table history_events (
  execution_id text not null references executions (execution_id) on delete cascade,
  event_id bigint not null,
  event_type text not null,
  event_time timestamptz not null,
  data bytea not null,
  primary key (execution_id, event_id)
);

create table workflow_runs (
  id text primary key,
  workflow text not null,
  version text,
  plan_hash text,
  status text not null,
  terminal_reason text,
  is_paused boolean not null default false,
  pause_requested_at timestamptz,
  pause_reason text,
  pause_drained_at timestamptz,
  cancel_requested_at timestamptz,
  inputs jsonb not null default '{}',
  output jsonb,
  error jsonb,
  error_message text,
  labels jsonb not null default '{}',
  metadata jsonb not null default '{}',
  session_id text,
  session_name text,
  workspace_path text,
  turns integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  cache_read_tokens bigint not null default 0,
  cache_write_tokens bigint not null default 0,
  reasoning_tokens bigint not null default 0,
  total_tokens bigint not null default 0,
  -- Micro-dollars. Null when any call's price is unknown.
  cost_estimate bigint,
  duration_seconds double precision,
  revision integer not null default 0,
  epoch integer not null default 0,
  execution_id text not null,
  lineage jsonb not null default '{}',
  -- The fold predicted other actions than history shows: what and where. Never papered over.
  diverged jsonb,
  last_seq bigint not null default 0,
  created_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  updated_at timestamptz not null
);
create index workflow_runs_created on workflow_runs (created_at desc, id desc);
create index workflow_runs_status on workflow_runs (status, created_at desc, id desc);
create index workflow_runs_workflow on workflow_runs (workflow, created_at desc, id desc);
create index workflow_runs_labels on workflow_runs using gin (labels jsonb_path_ops);

create table workflow_step_executions (
  run_id text not null references workflow_runs (id) on delete cascade,
  key text not null,
  position integer not null,
  title text not null,
  kind text not null,
  level integer not null,
  dependencies text[] not null,
  capability text,
  status text not null,
  attempt integer not null default 0,
  reason text,
  error jsonb,
  -- The value when it stands inline, else {"$blob", "bytes"}; output_preview is for people.
  output jsonb,
  output_preview text,
  output_bytes bigint,
  tolerated boolean not null default false,
  session_id text,
  turns integer not null default 0,
  input_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  total_tokens bigint not null default 0,
  cost_estimate bigint,
  started_at timestamptz,
  completed_at timestamptz,
  primary key (run_id, key)
);

create table workflow_step_attempts (
  run_id text not null,
  step text not null,
  epoch integer not null,
  attempt integer not null,
  status text not null,
  category text,
  error jsonb,
  worker text,
  usage jsonb,
  scheduled_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  primary key (run_id, step, epoch, attempt),
  foreign key (run_id, step) references workflow_step_executions (run_id, key) on delete cascade
);

-- The public record: one sequence per run, readable without knowledge of Temporal.
create table workflow_events (
  run_id text not null references workflow_runs (id) on delete cascade,
  seq bigint not null,
  type text not null,
  step text,
  attempt integer,
  data jsonb not null,
  -- TRIGGERED_BY: seq of the event that led to this one. NEXT_EVENT is `previous`.
  caused_by bigint,
  previous bigint,
  at timestamptz not null,
  execution_id text not null,
  event_id bigint not null,
  primary key (run_id, seq)
);
create index workflow_events_type on workflow_events (run_id, type, seq);
create index workflow_events_recent on workflow_events (at desc);

-- The thread of the run. For now: receipts of commands.
create table workflow_messages (
  run_id text not null references workflow_runs (id) on delete cascade,
  seq bigint not null,
  message_id text,
  message_type text not null check (message_type in ('user', 'agent', 'system')),
  action_type text,
  action_status text not null,
  content text,
  reason text,
  author text,
  metadata jsonb not null default '{}',
  created_at timestamptz not null,
  primary key (run_id, seq)
);
create index workflow_messages_id on workflow_messages (run_id, message_id);

-- Volatile: what history cannot show (a worker has it or nobody does, heartbeats). Not rebuilt.
create table workflow_processes (
  run_id text not null,
  step text not null,
  activity_id text not null,
  state text not null,
  attempt integer not null,
  queue text,
  worker text,
  last_heartbeat_at timestamptz,
  waiting_for text,
  observed_at timestamptz not null,
  primary key (run_id, activity_id)
);

create view workflow_executions as
  select id, workflow, version, status, terminal_reason, inputs, output, error_message, session_id, session_name,
         total_tokens, input_tokens, output_tokens, cost_estimate, duration_seconds, metadata,
         created_at, started_at, completed_at, updated_at
  from workflow_runs;

create view v_active_executions as
  select r.id, r.workflow, r.version, r.status, r.is_paused, r.started_at,
         extract(epoch from now() - r.started_at) as running_seconds,
         count(s.key) as steps_total,
         count(s.key) filter (where s.status in ('completed', 'failed', 'skipped', 'cancelled')) as steps_settled,
         count(s.key) filter (where s.status in ('running', 'waiting')) as steps_running
  from workflow_runs r left join workflow_step_executions s on s.run_id = r.id
  where r.status in ('pending', 'running', 'paused')
  group by r.id;

create view v_workflow_stats as
  select workflow,
         count(*) as runs,
         count(*) filter (where status = 'completed') as completed,
         count(*) filter (where status in ('failed', 'timed_out')) as failed,
         count(*) filter (where status in ('cancelled', 'terminated')) as cancelled,
         count(*) filter (where status in ('pending', 'running', 'paused')) as active,
         avg(duration_seconds) filter (where status = 'completed') as average_seconds,
         percentile_cont(0.5) within group (order by duration_seconds)
           filter (where status = 'completed') as median_seconds,
         sum(total_tokens) as total_tokens,
         sum(cost_estimate) as cost_estimate,
         max(created_at) as last_run_at
  from workflow_runs group by workflow;

create view v_recent_workflow_events as
  select e.run_id, r.workflow, e.seq, e.type, e.step, e.data, e.at
  from workflow_events e join workflow_runs r on r.id = e.run_id
  order by e.at desc, e.run_id, e.seq desc limit 1000;

-- Down Migration
-- Forward only: restore a backup instead.
