-- Up Migration

-- Checkpoints are pointers to completed workflow tasks. The state of those is folded on demand from the stored events; only
-- the end of a run keeps its state in the row, for continuing it.
set local lock_timeout = '3s';

alter table workflow_checkpoints
  alter column workflow drop not null,
  alter column version drop not null,
  alter column plan_hash drop not null,
  alter column inputs drop not null,
  alter column labels drop not null,
  alter column state drop not null,
  -- 1, 2, 3 … within the run: what people name
  add column number integer,
  -- the newest public event as of then
  add column seq bigint,
  -- step, level, label, close
  add column reason text,
  -- what a person called it
  add column label text,
  -- number of the checkpoint that this one comes after, in its branch
  add column parent integer,
  -- addresses of the steps that have settled since the parent
  add column settled jsonb,
  -- all steps that had settled
  add column steps_settled integer,
  add column turns integer,
  add column total_tokens bigint,
  add column cost_estimate bigint;

comment on column workflow_checkpoints.kind is 'closed: the run had ended there, and its state stands here; task: it is folded';

-- Until the projector writes the rows of these runs anew, the ends that are known are what can be named.
update workflow_checkpoints c set number = n.number, reason = 'close'
from (
  select run_id, execution_id, event_id,
         row_number() over (partition by run_id order by created_at, epoch, event_id) as number
  from workflow_checkpoints
) n
where (n.run_id, n.execution_id, n.event_id) = (c.run_id, c.execution_id, c.event_id);

drop index workflow_checkpoints_newest;
create index workflow_checkpoints_number on workflow_checkpoints (run_id, number);

-- Who was forked from a run, which that run's row does not say.
create index workflow_runs_forked_from on workflow_runs ((lineage->'forked_from'->>'run'))
  where lineage->'forked_from'->>'run' is not null;

-- Down Migration
-- Forward only: restore a backup instead.
