-- Up Migration

-- What people and programs wrote stays in the order in which they wrote it: jsonb sorts the members of maps, json keeps
-- them. Only columns that nothing searches in. Each table is written anew once; on large ones that takes its time.
drop view workflow_executions;
drop view v_recent_workflow_events;

alter table workflow_versions
  alter column plan type json using plan::json;

alter table workflow_runs
  alter column inputs drop default,
  alter column inputs type json using inputs::json,
  alter column inputs set default '{}',
  alter column output type json using output::json,
  alter column error type json using error::json;

alter table workflow_step_executions
  alter column error type json using error::json,
  alter column output type json using output::json;

alter table workflow_step_attempts
  alter column error type json using error::json;

alter table workflow_events
  alter column data type json using data::json;

alter table workflow_messages
  alter column metadata drop default,
  alter column metadata type json using metadata::json,
  alter column metadata set default '{}';

alter table workflow_questions
  alter column prompt type json using prompt::json,
  alter column form type json using form::json,
  alter column call type json using call::json,
  alter column answers drop default,
  alter column answers type json using answers::json,
  alter column answers set default '[]';

alter table workflow_checkpoints
  alter column inputs type json using inputs::json,
  alter column state type json using state::json;

alter table session_messages
  alter column content type json using content::json;

alter table session_turns
  alter column output type json using output::json;

alter table kept_results
  alter column outcome type json using outcome::json;

create view workflow_executions as
  select id, workflow, version, status, terminal_reason, inputs, output, error_message, session_id, session_name,
         total_tokens, input_tokens, output_tokens, cost_estimate, duration_seconds, metadata,
         created_at, started_at, completed_at, updated_at
  from workflow_runs;

create view v_recent_workflow_events as
  select e.run_id, r.workflow, e.seq, e.type, e.step, e.data, e.at
  from workflow_events e join workflow_runs r on r.id = e.run_id
  order by e.at desc, e.run_id, e.seq desc limit 1000;

-- Down Migration
-- Forward only: restore a backup instead.
