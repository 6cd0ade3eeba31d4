import { sql, type Statement } from '../../../database/sql.ts';

/** What somebody said to a run. */
export interface SaidRow {
  readonly seq: number;
  readonly action: string | null;
  readonly author: string | null;
  readonly content: string | null;
  /** It was meant for agents, and none has got it. */
  readonly unread: boolean;
}

/** Messages of people (SaidRow) of which events after one tell, up to another if told, oldest first. */
export const listSaidSince = (runId: string, after: number, upTo?: number): Statement => sql`
  select seq, action_type as action, author, content,
         coalesce((action_type = 'instruction' or (action_type = 'resume' and metadata->>'context' is not null))
           and acknowledged_at is null and readers = '[]'
           and (action_status = 'pending' or reason_code in ('run_closed', 'target_gone')), false) as unread
  from workflow_messages
  where run_id = ${runId} and message_type = 'user' and action_type is distinct from 'restore'
    and action_type is distinct from 'continue' and seq > ${after}::bigint
    and seq <= ${upTo ?? null}::bigint is not false
  order by seq`;
