-- Up Migration

-- Written by the projector; can be rebuilt from history_events. What a call that waits for a yes would do to the plan of its
-- run: {revision, reason, added, removed, changed, rewired}; null: nothing.
-- Locks that are not to be had at once are not waited for: who migrates tries again.
set local lock_timeout = '3s';

alter table workflow_questions add column edit json;

comment on column workflow_questions.edit is 'what a yes would do to the plan';

-- Down Migration
-- Forward only: restore a backup instead.
