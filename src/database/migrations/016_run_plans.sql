-- Up Migration

-- The plans that a run was edited to, each with the text that it was compiled from. An envelope that is too small for a
-- plan names it by its hash, and whoever loads it looks here too.
create table run_plans (
  run_id text not null,
  hash text not null,
  workflow text not null,
  version text not null,
  source text not null,
  format text not null check (format in ('yaml', 'json')),
  plan json not null,
  created_at timestamptz not null default now(),
  primary key (run_id, hash)
);
create index run_plans_hash on run_plans (hash);

comment on table run_plans is 'plans that runs were edited to, by run and hash';

-- Down Migration
-- Forward only: restore a backup instead.
