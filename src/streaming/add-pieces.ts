import { sql, type Statement } from '../database/sql.ts';
import type { Piece } from './piece.ts';
import { writeJson } from '../plan/exact-json.ts';

/** Type of the row for the end of a call that was stopped. */
export const INTERRUPTED = 'interrupted';

/** Any number, but the same for all who write pieces. */
const LOCK = 4_700_003;

/**
 * Writes pieces in their order, lets fall out what is too old, and tells listeners (`baton_stream`, payload: the run id).
 *
 * Writers take turns from the choice of positions to their commit: who has read up to a position has seen all before
 * it. A reset is written only where something was told before, which it removes.
 */
export const addPieces = (pieces: readonly Piece[]): Statement => sql`
  with gate as materialized (select pg_advisory_xact_lock(${LOCK})),
  fresh as materialized (
    select * from json_to_recordset(${writeJson(pieces.map(rowOf))}::json) as r(n integer, run_id text, step text,
      attempt integer, turn integer, type text, start_offset integer, content text, session_id text, head text,
      keep_from integer)
  ),
  gone as (
    delete from stream_pieces p using fresh f
    where p.run_id = f.run_id and p.step = f.step and p.turn = f.turn
      and (f.type = 'reset' or p.type in ('token', 'chunk') and p.start_offset < f.keep_from)
    returning p.run_id, p.step, p.turn
  ),
  added as (
    insert into stream_pieces
      (position, run_id, step, attempt, turn, type, start_offset, content, session_id, head)
    select nextval('stream_positions'), run_id, step, attempt, turn, type, start_offset, content, session_id, head
    from (
      select f.* from gate, fresh f
      where f.type <> 'reset' or exists (
        select from gone g where g.run_id = f.run_id and g.step = f.step and g.turn = f.turn)
      order by f.n
    ) ordered
    returning run_id
  )
  select pg_notify('baton_stream', run_id) from added group by run_id`;

function rowOf({ runId, offset, message, keepFrom, interrupted, ...piece }: Piece, n: number): object {
  return {
    ...piece,
    n,
    type: interrupted ? INTERRUPTED : piece.type,
    run_id: runId,
    start_offset: offset,
    session_id: message?.session ?? null,
    head: message?.head ?? null,
    keep_from: keepFrom,
  };
}
