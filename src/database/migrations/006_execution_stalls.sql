-- Each time the code of a run kept a worker busy until it had to be replaced. Rows of an execution are counted: after
-- three within an hour the run is ended (src/worker/watch).
create table execution_stalls (
  id bigint generated always as identity primary key,
  run_id text not null,
  execution_id text not null,
  at timestamptz not null default now(),
  -- Who had to be replaced: the identity of a worker.
  worker text not null,
  -- What was evaluated then; null when it was something else.
  expression text,
  -- The execution has been ended because of its stalls.
  ended boolean not null default false
);

create index execution_stalls_execution on execution_stalls (execution_id, at) where not ended;
