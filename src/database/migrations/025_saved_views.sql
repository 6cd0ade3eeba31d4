-- Up Migration

-- Views of the list of runs that people keep: written by the API.
create table saved_views (
  id text primary key,
  name text not null,
  filter text not null,
  columns text,
  sort text,
  owner text,
  shared boolean not null,
  pinned boolean not null,
  is_default boolean not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by text
);

comment on table saved_views is 'filters, columns and orders of the list of runs, under names';
comment on column saved_views.owner is 'who says that it is his; null: nobody';

-- A name stands once for everybody, and once for each person.
create unique index saved_views_name on saved_views ((case when shared then '' else owner end), lower(name));
create unique index saved_views_default on saved_views ((case when shared then '' else owner end)) where is_default;

-- What runs are found and ordered by. Nothing here changes at each step of a run, so that its row stays cheap to write.
create index workflow_runs_duration on workflow_runs ((coalesce(duration_seconds, -1)), id);
create index workflow_runs_started_by on workflow_runs ((metadata->>'started_by'), created_at desc);
create index workflow_step_executions_agent on workflow_step_executions (agent, run_id) where agent is not null;
create index workflow_step_executions_repeated on workflow_step_executions (run_id) where attempt > 1;

create index workflow_runs_needs on workflow_runs (id) where needs <> '[]';

-- Forks come in the order in which they began: without it in the index, Postgres looks for them among all runs.
drop index workflow_runs_forked_from;
create index workflow_runs_forked_from on workflow_runs ((lineage->'forked_from'->>'run'), created_at, id)
  where lineage->'forked_from'->>'run' is not null;

-- Down Migration
-- Forward only: restore a backup instead.
