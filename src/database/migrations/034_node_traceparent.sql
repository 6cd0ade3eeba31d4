-- Up Migration

-- The span of the attempt that wants the work, for the node that gets it; null: it is not told.
alter table node_assignments add column traceparent text;

-- Down Migration
-- Forward only: restore a backup instead.
