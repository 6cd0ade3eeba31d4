-- Up Migration

-- Runs that came here in a bundle of another installation, to be read. Their events and rows stand in the tables of every
-- run; that they stand here is what keeps commands, and executions of the same workflow id, away from them.
create table imported_runs (
  run_id text primary key,
  origin text not null,
  bundle text not null,
  exported_at timestamptz not null,
  imported_at timestamptz not null default now(),
  imported_by text
);

comment on table imported_runs is 'runs of other installations, brought here by a bundle to be read';

-- Down Migration
-- Forward only: restore a backup instead.
