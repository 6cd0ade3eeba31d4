-- Up Migration

-- What effects brought, and which are under way: the next attempt under the same idempotency key looks here before it
-- acts. `outcome` is null while the effect is under way; whoever is at it says so every few seconds (`beat_at`).
create table kept_results (
  key text not null,
  input_hash text not null,
  run_id text not null,
  outcome jsonb,
  beat_at timestamptz not null default now(),
  kept_at timestamptz not null default now(),
  primary key (key, input_hash)
);
create index kept_results_run on kept_results (run_id);
