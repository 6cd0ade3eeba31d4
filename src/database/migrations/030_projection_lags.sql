-- Up Migration

-- A row a minute and projector, where it has written anything; those older than 400 days go.
create table projection_lags (
  at timestamptz not null default now(),
  seconds double precision not null
);

create index projection_lags_at on projection_lags (at);

comment on table projection_lags is
  'the longest that the tables were behind Temporal, minute by minute: from an event''s time there to the moment it was written';

-- Down Migration
-- Forward only: restore a backup instead.
