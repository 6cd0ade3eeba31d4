-- Up Migration

-- On which task queue work waits for a worker that is not there: read out of a text before.
alter table workflow_processes add column unserved_queue text;

comment on column workflow_processes.unserved_queue is 'the task queue that it waits on while no worker serves it';

-- Down Migration
-- Forward only: restore a backup instead.
