-- Up Migration

-- Up to where projectors have listed the executions of a queue, so that the next start need not list all of them again.
create table listed_executions (
  -- Of the namespace itself: another Temporal under the same name has another one.
  namespace_id text not null,
  task_queue text not null,
  newest_at timestamptz not null,
  whole_at timestamptz not null,
  primary key (namespace_id, task_queue)
);

comment on table listed_executions is 'which executions in Temporal projectors know of';
comment on column listed_executions.newest_at is 'start of the newest one, by Temporal''s clock';
comment on column listed_executions.whole_at is 'when everything that Temporal has was listed last';

-- Down Migration
-- Forward only: restore a backup instead.
