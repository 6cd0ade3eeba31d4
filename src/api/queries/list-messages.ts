import { allOf, sql, type Statement } from '../../database/sql.ts';
import type { MessageFilter } from '../schemas/event.ts';

/** Messages (MessageRow) of a run in order, one more than the limit. */
export function listMessages(runId: string, filter: MessageFilter): Statement {
  const { after, limit, message_type: types, step } = filter;
  const conditions = [
    ...(types === undefined ? [] : [sql`message_type = any(${types})`]),
    ...(step === undefined ? [] : [sql`step = ${step}`]),
  ];
  return sql`
    select run_id, seq, message_id, message_type, action_type, action_status, content, reason, author, step, agent,
           attempt, turn, metadata, created_at
    from workflow_messages where run_id = ${runId} and seq > ${after} and ${allOf(conditions)}
    order by seq limit ${limit + 1}`;
}
