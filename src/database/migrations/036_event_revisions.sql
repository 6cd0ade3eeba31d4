-- Up Migration

-- Null: the plan had not been edited, or the event concerns no step.
alter table workflow_events add column revision integer;

comment on column workflow_events.revision is
  'of the plan, when it happened; null: it had not been edited, or the event concerns no step';

-- Rows of runs that were never edited are as they would be written now; the others are written anew in the background.
update workflow_runs r set rows_version = 4
where rows_version = 3 and revision = 0
  and not exists (
    select from workflow_events e
    where e.run_id = r.id and e.type = 'plan' and (e.data->>'revision')::int > 0);

-- Down Migration
-- Forward only: restore a backup instead.
