-- Up Migration

-- What somebody has pruned of a run's checkpoints. Their rows follow from the stored events: who writes those anew leaves
-- out what stands here.
create table pruned_checkpoints (
  run_id text not null,
  number integer not null,
  execution_id text not null,
  event_id bigint not null,
  -- number of the checkpoint that it came after, in its branch
  parent integer,
  label text,
  pruned_at timestamptz not null default now(),
  primary key (run_id, number)
);

comment on table pruned_checkpoints is 'checkpoints that were pruned, so that no rebuild brings them back';

-- Of a run whose details were removed without an archive, as its definition's retention says; archived_at is set as well.
-- Locks that are not to be had at once are not waited for: who migrates tries again.
set local lock_timeout = '3s';
alter table workflow_runs add column discarded_at timestamptz;

-- What was done on the schedule of maintenance; the newest hundred.
create table maintenance_runs (
  id bigint generated always as identity primary key,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  by text not null,
  -- begun, done, or the code of what went wrong
  outcome text not null,
  -- what came of each task
  detail jsonb not null default '{}'
);

comment on table maintenance_runs is 'maintenance that was done on schedule, and what came of it';

-- Down Migration
-- Forward only: restore a backup instead.
