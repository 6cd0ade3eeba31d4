-- Runs are found by the beginning of their id (`id_prefix` of GET /runs), whatever the database's collation.
create index workflow_runs_id_prefix on workflow_runs (id text_pattern_ops);
