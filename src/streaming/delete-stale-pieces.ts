import { sql, type Statement } from '../database/sql.ts';

/** Deletes all of turns of which nothing was told for so long. */
export const deleteStalePieces = (minutes: number): Statement => sql`
  delete from stream_pieces p using (
    select run_id, step, turn from stream_pieces group by run_id, step, turn
    having max(created_at) < now() - make_interval(secs => ${minutes * 60})
  ) stale
  where p.run_id = stale.run_id and p.step = stale.step and p.turn = stale.turn`;
