-- Up Migration

-- Written by the projector; all of it can be rebuilt from history_events --------------------------------------------

-- Messages have receipts: a row changes until nobody has it before him any more.
alter table workflow_messages
  -- Why it was ignored, for machines; `reason` says it to people.
  add column reason_code text,
  -- The first agent got it with a turn.
  add column acknowledged_at timestamptz,
  -- Since then nothing more becomes of it: processed or ignored.
  add column processed_at timestamptz,
  -- [{step, agent, attempt, turn, status: acknowledged | processed, at}]
  add column readers jsonb not null default '[]',
  -- seq of the newest event that has changed the row
  add column updated_seq bigint;
update workflow_messages
  set updated_seq = seq, processed_at = created_at;
alter table workflow_messages alter column updated_seq set not null;
create index workflow_messages_pending on workflow_messages (run_id, seq)
  where action_status in ('pending', 'acknowledged');

alter table workflow_runs
  -- null unless paused: {mode, by, busy, drained, ends_at, on_timeout}
  add column pause jsonb;

-- Down Migration
-- Forward only: restore a backup instead.
