-- Up Migration

-- Written by activities; never updated ------------------------------------------------------------------------------

-- The transcripts of agents: a tree of entries. `hash` covers the parent's hash and the entry, so that a branch of a
-- session never mistakes another's entries for its own. The first entry (role `setup`) is what the session began with.
create table session_messages (
  hash text primary key,
  session_id text not null,
  parent text references session_messages (hash),
  depth integer not null,
  -- setup, user, assistant, tool
  role text not null,
  content jsonb not null,
  created_at timestamptz not null default now()
);
create index session_messages_session on session_messages (session_id, depth);

-- Answers by what was asked: a call that is repeated finds its answer here and is not paid for again.
create table session_turns (
  session_id text not null,
  parent text not null,
  request_hash text not null,
  answer text not null references session_messages (hash),
  -- Usage, calls, result: what the activity had answered.
  output jsonb not null,
  created_at timestamptz not null default now(),
  primary key (session_id, parent, request_hash)
);

-- Written by the API ----------------------------------------------------------------------------------------------

-- Who may go on with a closed run: of several, the one whose row is in.
create table run_epochs (
  run_id text not null,
  epoch integer not null,
  action text not null,
  by text,
  detail jsonb not null,
  created_at timestamptz not null default now(),
  primary key (run_id, epoch)
);

-- Written by the projector; all of it can be rebuilt from history_events --------------------------------------------

-- One row for each model call, the failed and lost ones included. The sums over a run are the run's figures.
create table llm_calls (
  run_id text not null references workflow_runs (id) on delete cascade,
  step text not null,
  epoch integer not null,
  attempt integer not null,
  turn integer not null,
  segment integer not null,
  -- running, completed, failed, aborted (cancelled while it ran), lost (its worker died: usage unknown)
  status text not null,
  -- The answer was found stored: the attempt that had paid for it died.
  replayed boolean not null default false,
  session_id text,
  provider text,
  requested_model text,
  model text,
  input_tokens bigint,
  output_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  reasoning_tokens bigint,
  total_tokens bigint,
  -- Micro-dollars; null when the price is unknown.
  cost_estimate bigint,
  price_version text,
  first_token_ms integer,
  duration_ms integer,
  finish_reason text,
  error jsonb,
  worker text,
  started_at timestamptz not null,
  completed_at timestamptz,
  primary key (run_id, step, epoch, attempt, turn)
);
create index llm_calls_model on llm_calls (provider, model);

create table workflow_questions (
  run_id text not null references workflow_runs (id) on delete cascade,
  id text not null,
  kind text not null,
  step text not null,
  attempt integer not null,
  turn integer,
  status text not null,
  prompt jsonb not null,
  preview text not null,
  form jsonb,
  -- {id, name, input, preview} of a tool's call that waits for a yes
  call jsonb,
  approvers text[] not null,
  needed integer not null,
  not_starter boolean not null,
  -- [{by, at, answer, decision}]
  answers jsonb not null default '[]',
  asked_at timestamptz not null,
  expires_at timestamptz,
  closed_at timestamptz,
  primary key (run_id, id)
);
create index workflow_questions_open on workflow_questions (asked_at, run_id, id) where status = 'open';

-- States of a run that it can be continued from. `state` is the core's carry; `event_id` the last event folded.
create table workflow_checkpoints (
  run_id text not null references workflow_runs (id) on delete cascade,
  epoch integer not null,
  execution_id text not null,
  event_id bigint not null,
  -- closed: the run had ended there
  kind text not null,
  interpreter integer not null,
  workflow text not null,
  version text not null,
  plan_hash text not null,
  inputs jsonb not null,
  labels jsonb not null,
  state jsonb not null,
  created_at timestamptz not null,
  primary key (run_id, execution_id, event_id)
);
create index workflow_checkpoints_newest on workflow_checkpoints (run_id, created_at desc);

-- The columns come last: rows are written whole, by jsonb_populate_recordset.
alter table workflow_runs
  -- {max_turns, max_tokens, max_cost_usd, max_duration_ms, on_limit}
  add column limits jsonb not null default '{}',
  -- What somebody has to do so that the run goes on: [{step, kind, message}]
  add column needs jsonb not null default '[]',
  add column archived_at timestamptz;

alter table workflow_step_executions
  add column agent text,
  add column model text,
  -- [{segment, max_turns, max_tokens, max_cost_usd, max_duration_ms, turns, total_tokens, cost_estimate, started_at,
  --   completed_at, terminal_reason, message, by}]
  add column segments jsonb not null default '[]';
create index workflow_step_executions_session on workflow_step_executions (session_id)
  where session_id is not null;

-- Agents write into the thread too.
alter table workflow_messages
  add column step text,
  add column agent text,
  add column attempt integer,
  add column turn integer;
create index workflow_messages_type on workflow_messages (run_id, message_type, seq);

alter table workflow_events add column turn integer;

-- Down Migration
-- Forward only: restore a backup instead.
