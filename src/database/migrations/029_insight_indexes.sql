-- Up Migration

-- Figures of a period ask for what happened in it.
create index llm_calls_started on llm_calls (started_at);
create index workflow_step_attempts_scheduled on workflow_step_attempts (scheduled_at);

-- Down Migration
-- Forward only: restore a backup instead.
