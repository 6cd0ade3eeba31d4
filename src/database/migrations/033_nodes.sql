-- Up Migration

-- Programs of the user's own that do work for runs. Written by the API as they join and leave, and as people change them.
create table nodes (
  id text primary key,
  capabilities text[] not null default '{}',
  labels jsonb not null default '{}',
  -- How many assignments it does at once.
  slots integer not null,
  -- Micro-dollars a second; null: nobody has said.
  price bigint,
  -- Of one that Baton calls; null: it comes by itself.
  address text,
  version text,
  -- The program that stands under the name: another one may not take it while this is there.
  instance text,
  connected boolean not null default false,
  -- Takes nothing new: as people want it, and as the program itself does until it is another.
  draining boolean not null default false,
  leaving boolean not null default false,
  joined_at timestamptz not null default now(),
  seen_at timestamptz not null default now()
);

-- Written by the activity that hands work over, and by the API for the node that does it.
create table node_assignments (
  id text primary key,
  -- The idempotency key of the work, the same for every assignment of it.
  key text not null,
  run_id text not null,
  step text not null,
  attempt integer not null,
  need jsonb not null,
  -- JSON as text, so that its numbers stay what they are.
  input text,
  -- waiting, assigned, running, completed, failed, lost, cancelled
  status text not null default 'waiting',
  node text,
  instance text,
  -- Who did not want it, with the reason.
  rejections jsonb not null default '{}',
  -- Why this node has it.
  why text,
  -- Why nobody does it, while it waits.
  missing text,
  progress jsonb,
  comments jsonb not null default '[]',
  -- Answers that came after it was over.
  late_answers integer not null default 0,
  result text,
  failure jsonb,
  created_at timestamptz not null default now(),
  -- When the activity last said that somebody waits for it.
  attended_at timestamptz not null default now(),
  assigned_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  ends_by timestamptz not null
);

create unique index node_assignments_open on node_assignments (key) where status in ('waiting', 'assigned', 'running');
create index node_assignments_key on node_assignments (key, ended_at desc);
create index node_assignments_waiting on node_assignments (created_at) where status = 'waiting';
create index node_assignments_node on node_assignments (node, created_at desc);
create index node_assignments_run on node_assignments (run_id, step);

comment on table nodes is 'programs of users that do steps of runs';
comment on table node_assignments is 'which node was given what, and what became of it; those that ended a week ago go';

-- Down Migration
-- Forward only: restore a backup instead.
