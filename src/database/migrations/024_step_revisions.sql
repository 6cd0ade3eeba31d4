-- Up Migration

-- Written by the projector; can be rebuilt from history_events. Rows of runs that were written before are brought to it in
-- the background.
-- Locks that are not to be had at once are not waited for: who migrates tries again.
set local lock_timeout = '3s';

alter table workflow_step_executions add column revision integer;

comment on column workflow_step_executions.revision is
  'of the run''s plan, when the last attempt of the step began; null: none has';

-- Down Migration
-- Forward only: restore a backup instead.
