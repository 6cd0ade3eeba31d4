import { sql, type Statement } from '../../database/sql.ts';
import { TOLD_TYPES } from '../../protocol/outgoing/event-names.ts';

/**
 * Puts events out for webhooks, in their order, as far as they may be told outside; nothing where there is no webhook. Only
 * pages do this: what a rebuild or an import writes was told before, or is none of this installation's.
 *
 * @param events rows of `workflow_events` that have just been written
 */
export const insertOutgoing = (events: Statement): Statement => sql`
  insert into outgoing_events (event)
  select to_jsonb(e) from ${events} e
  where e.type = any(${TOLD_TYPES}::text[]) and exists (select from webhooks where enabled or disabled_reason is not null)
  order by e.run_id, e.seq
  returning position`;
