-- Up Migration

-- Positions grow for ever, also over a crash that empties the table below.
create sequence stream_positions;

-- Volatile: what models are saying at the moment, a ring for each turn. Written by workers, replaced by the stored
-- message, cleaned after a while. Nothing is derived from it.
create unlogged table stream_pieces (
  position bigint primary key,
  run_id text not null,
  step text not null,
  attempt integer not null,
  turn integer not null,
  -- token, chunk, reset, end
  type text not null,
  -- Characters of the call's text before this piece
  start_offset integer not null,
  content text not null,
  -- Of `end`: where the message stands that replaces the pieces
  session_id text,
  head text,
  created_at timestamptz not null default now()
);
create index stream_pieces_run on stream_pieces (run_id, position);
create index stream_pieces_turn on stream_pieces (run_id, step, turn);

-- Down Migration
-- Forward only: restore a backup instead.
