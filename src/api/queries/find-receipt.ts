import { sql, type Statement } from '../../database/sql.ts';

/** What became of a command. */
export interface Receipt {
  readonly action_type: string | null;
  readonly action_status: 'processed' | 'ignored';
  readonly reason: string | null;
}

/** The first receipt of a message id: later ones say only that it came twice. */
export const findReceipt = (runId: string, messageId: string): Statement => sql`
  select action_type, action_status, reason from workflow_messages
  where run_id = ${runId} and message_id = ${messageId} and action_status in ('processed', 'ignored')
  order by seq limit 1`;
