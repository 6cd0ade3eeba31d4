import { sql, type Statement } from '../../../database/sql.ts';
import { listEvents, type EventSelection } from './list-events.ts';

/**
 * Events (LiveEventRow) in order, each with the entry of the thread that stands under its seq, or that it is a receipt
 * of, or null.
 */
export const listLiveEvents = (selection: EventSelection): Statement => sql`
  select e.*, (
    select jsonb_build_object('run_id', m.run_id, 'seq', m.seq, 'message_id', m.message_id,
      'message_type', m.message_type, 'action_type', m.action_type, 'action_status', m.action_status,
      'content', m.content, 'reason', m.reason, 'reason_code', m.reason_code, 'author', m.author, 'step', m.step,
      'agent', m.agent, 'attempt', m.attempt, 'turn', m.turn, 'metadata', m.metadata, 'created_at', m.created_at)
    from workflow_messages m where m.run_id = e.run_id
      and m.seq = case when e.type = 'message' and e.data ->> 'receipt' = 'true'
                       then (e.data ->> 'message')::bigint else e.seq end) as message
  from (${listEvents(selection)}) e order by e.seq`;
