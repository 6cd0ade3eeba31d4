import { sql, type Statement } from '../database/sql.ts';

/** Rows (PieceRow) of a run after a position. */
export const listPieces = (runId: string, after: number, limit: number): Statement => sql`
  select position, step, attempt, turn, type, start_offset, content, session_id, head, created_at
  from stream_pieces where run_id = ${runId} and position > ${after} order by position limit ${limit}`;
