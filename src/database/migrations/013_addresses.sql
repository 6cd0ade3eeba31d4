-- Up Migration

-- A step is named by its address: `build`, and once steps have items `build[3]/test`. What was its key is one: the column
-- keeps its index and what refers to it. The key, its place in the plan, is still the same, and gets a column anew; it is
-- filled by writing the table once, during which nobody reads or writes it. Locks that are
-- not to be had at once are not waited for (readers would queue behind them): who migrates tries again.
set local lock_timeout = '3s';

alter table workflow_step_executions rename column key to address;
alter table workflow_step_executions add column key text;
alter table workflow_step_executions alter column key type text using address, alter column key set not null;

comment on column workflow_step_executions.address is 'how the step is named everywhere: build, build[3]/test';
comment on column workflow_step_executions.key is 'the step''s place in the plan: its address without indexes';
comment on column workflow_step_attempts.step is 'address of the step';
comment on column workflow_events.step is 'address of the step';
comment on column workflow_messages.step is 'address of the step';
comment on column workflow_questions.step is 'address of the step';
comment on column workflow_processes.step is 'address of the step';
comment on column llm_calls.step is 'address of the step';

-- What a run's rows say is of a version (src/tables/rows-version.ts). The projector writes those of an older one anew from
-- the stored events, run by run, and finds them by this.
alter table workflow_runs add column rows_version integer not null default 0;
create index workflow_runs_rows_version on workflow_runs (rows_version, id) where archived_at is null;

-- Down Migration
-- Forward only: restore a backup instead.
