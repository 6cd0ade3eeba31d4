-- Up Migration

-- A node that comes by itself says how long it may be silent; all programs judge it by this.
alter table nodes add column lease_ms integer not null default 5000;

-- Down Migration
-- Forward only: restore a backup instead.
