import { sql, type Statement } from '../../../database/sql.ts';

/** What makes a MessageRow. */
export const MESSAGE_COLUMNS: Statement = sql`
  run_id, seq, message_id, message_type, action_type, action_status, content, reason, reason_code, author, step, agent,
  attempt, turn, metadata, readers, created_at, acknowledged_at, processed_at, updated_seq, said`;
