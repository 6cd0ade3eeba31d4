import { sql, type Statement } from '../../../database/sql.ts';
import { MESSAGE_COLUMNS } from './message-columns.ts';

/** A message (MessageRow) of a run by its id, of several its receipt; else by its seq; or nothing. */
export const findMessage = (runId: string, which: string): Statement => sql`
  select ${MESSAGE_COLUMNS} from workflow_messages
  where run_id = ${runId} and (message_id = ${which} or seq = ${seqOf(which)}::bigint)
  order by message_id is distinct from ${which}, seq limit 1`;

function seqOf(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
