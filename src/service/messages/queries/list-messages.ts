import { allOf, sql, type Statement } from '../../../database/sql.ts';
import type { MessageFilter } from '../../../contract/message.ts';
import { seqOrder, seqWithin } from '../../runs/queries/seq-range.ts';
import { MESSAGE_COLUMNS } from './message-columns.ts';
import { stepWithin } from '../../runs/queries/step-within.ts';

/** Messages (MessageRow) of a run in that order, one more than the limit. */
export const listMessages = (runId: string, filter: MessageFilter): Statement => sql`
  select ${MESSAGE_COLUMNS} from workflow_messages
  where run_id = ${runId} and ${seqWithin(filter)} and ${allOf([...conditions(filter)])}
  order by ${seqOrder(filter)} limit ${filter.limit + 1}`;

function* conditions(filter: MessageFilter): Generator<Statement> {
  const { message_type: types, action_type: actions, action_status: statuses, step, author } = filter;
  if (types !== undefined) yield sql`message_type = any(${types})`;
  if (actions !== undefined) yield sql`action_type = any(${actions})`;
  if (statuses !== undefined) yield sql`action_status = any(${statuses})`;
  if (step !== undefined) yield stepWithin(step);
  if (author !== undefined) yield sql`author = ${author}`;
}
