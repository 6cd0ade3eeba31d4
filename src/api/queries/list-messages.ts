import { sql, type Statement } from '../../database/sql.ts';

/** Messages (MessageRow) of a run in order, at most `limit`. */
export const listMessages = (runId: string, after: number, limit: number): Statement => sql`
  select run_id, seq, message_id, message_type, action_type, action_status, content, reason, author, metadata, created_at
  from workflow_messages where run_id = ${runId} and seq > ${after} order by seq limit ${limit}`;
