import { sql, type Statement } from '../../../database/sql.ts';
import { MESSAGE_COLUMNS } from './message-columns.ts';

/** The first entry (MessageRow) of each message id: later ones say only that it came again. */
export const findReceipts = (runId: string, messageIds: readonly string[]): Statement => sql`
  select distinct on (message_id) ${MESSAGE_COLUMNS} from workflow_messages
  where run_id = ${runId} and message_id = any(${messageIds})
  order by message_id, seq`;
