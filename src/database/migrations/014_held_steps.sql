-- Up Migration

-- Written by the projector; can be rebuilt from history_events. Null: nobody holds the step; else {by, reason, at}.
-- Locks that are not to be had at once are not waited for: who migrates tries again.
set local lock_timeout = '3s';

alter table workflow_step_executions add column held jsonb;

comment on column workflow_step_executions.held is 'who keeps the step from starting: {by, reason, at}';

-- Down Migration
-- Forward only: restore a backup instead.
