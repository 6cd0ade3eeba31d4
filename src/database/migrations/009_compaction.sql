-- Up Migration

-- What a model call was for: turn, or compaction (it summarised older turns of the conversation).
alter table llm_calls add column purpose text not null default 'turn';

-- Down Migration
-- Forward only: restore a backup instead.
