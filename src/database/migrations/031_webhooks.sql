-- Up Migration

-- Who is told of events: written by the API, and by the projector where it gives one up.
create table webhooks (
  id text primary key,
  kind text not null check (kind in ('webhook', 'slack', 'email')),
  name text,
  url text,
  addresses text[] not null,
  description text not null,
  events text[] not null,
  filter text not null,
  secret text,
  previous_secret text,
  previous_until timestamptz,
  enabled boolean not null,
  disabled_reason text,
  dead_in_row integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  updated_by text
);

comment on table webhooks is 'where events of runs are sent: HTTP with a signature, Slack, e-mail';
comment on column webhooks.events is 'names, families and occasions; none: only what definitions name it for';
comment on column webhooks.disabled_reason is 'why Baton has given it up; null: it has not';
comment on column webhooks.dead_in_row is 'deliveries that were given up since the last that arrived';

create unique index webhooks_name on webhooks (lower(name)) where name is not null;

-- What the projector has told and nobody has looked at yet: written with the page, taken out once it is a delivery to
-- whoever wants it. Emptied from the front, so that a late commit is never passed over.
create table outgoing_events (
  position bigint generated always as identity primary key,
  id uuid not null default gen_random_uuid(),
  event jsonb not null
);

comment on table outgoing_events is 'events of runs on their way to webhooks; none where there is no webhook';

create table webhook_deliveries (
  id bigint generated always as identity primary key,
  webhook_id text not null references webhooks on delete cascade,
  event_id uuid not null,
  position bigint not null,
  run_id text,
  type text not null,
  body text not null,
  status text not null check (status in ('pending', 'delivered', 'dead', 'missed')),
  attempts integer not null default 0,
  tries jsonb not null default '[]',
  next_at timestamptz,
  give_up_at timestamptz,
  leased_by text,
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (webhook_id, event_id)
);

comment on table webhook_deliveries is 'what was, is to be or could not be sent to a webhook, with each try';
comment on column webhook_deliveries.position is 'of the event among all: the order within a run';
comment on column webhook_deliveries.next_at is 'when it is due; null: not before an earlier event of its run was tried';
comment on column webhook_deliveries.give_up_at is 'a day after its first try has failed';

create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_at, position) where status = 'pending';
create index webhook_deliveries_first on webhook_deliveries (webhook_id, run_id, position)
  where status = 'pending' and attempts = 0;
create index webhook_deliveries_listed on webhook_deliveries (webhook_id, status, id);
create index webhook_deliveries_newest on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_ended on webhook_deliveries (ended_at) where ended_at is not null;

-- Down Migration
-- Forward only: restore a backup instead.
