-- Up Migration

-- One row for every request that would change something, refused ones included, and for every maintenance. `outcome`:
-- `begun` until it is known, then `accepted` or the code of the refusal.
alter table audit_log
  add column ended_at timestamptz,
  add column status integer,
  add column method text,
  add column route text,
  add column workflow text,
  add column address text,
  add column user_agent text,
  add column request_id text;
create index audit_log_at on audit_log (at);
