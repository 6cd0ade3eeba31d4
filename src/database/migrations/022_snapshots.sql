-- Up Migration

-- The snapshot of the workspace's files that a checkpoint brings back. Locks that are not to be had at once are not waited
-- for: who migrates tries again.
set local lock_timeout = '3s';
alter table workflow_checkpoints
  -- a commit in the repository of Baton's own beside the workspace
  add column workspace_commit text;

-- Down Migration
-- Forward only: restore a backup instead.
