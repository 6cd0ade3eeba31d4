-- Up Migration

-- Who started a run, as his traceparent says it. Written by the API before the start, read by workers and by whoever sends
-- spans. Runs that were started without one have no row.
create table run_traces (
  run_id text primary key,
  traceparent text not null,
  created_at timestamptz not null default now()
);

-- Spans that wait to be sent. Written with the page of history that ends them, by projectors that are to export, and
-- deleted when the collector has them.
create table trace_spans (
  id bigint generated always as identity primary key,
  run_id text not null,
  span json not null,
  -- Until then whoever has taken it sends it, and nobody else does; null: nobody has.
  taken_until timestamptz,
  settled_at timestamptz not null default now()
);

comment on table run_traces is 'the trace that a run is a part of, where its start named one';
comment on table trace_spans is 'spans on their way to the collector; what it has is not here any more';

-- Down Migration
-- Forward only: restore a backup instead.
