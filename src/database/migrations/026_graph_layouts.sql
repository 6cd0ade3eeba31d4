-- Up Migration

-- Written by the API when a graph is first looked at; can be computed again at any time.
create table graph_layouts (
  hash text primary key,
  layout text not null,
  created_at timestamptz not null default now()
);

-- As JSON in a text: it is only ever read whole, and holds nothing of a run.
comment on table graph_layouts is
  'where the steps of a graph are drawn, by the hash of its form: keys and dependencies, whatever the steps do';

-- Down Migration
-- Forward only: restore a backup instead.
