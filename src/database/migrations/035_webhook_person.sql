-- Up Migration

alter table webhooks add column person text;

comment on column webhooks.person is 'only what concerns this person; null: whatever the filter lets through';

-- Down Migration
-- Forward only: restore a backup instead.
