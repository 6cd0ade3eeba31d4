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

-- Down Migration
-- Forward only: restore a backup instead.
