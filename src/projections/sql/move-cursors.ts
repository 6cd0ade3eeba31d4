import { sql, type Statement } from '../../database/sql.ts';
import type { PageWrite } from '../page-write.ts';
import { jsonText } from '../../database/json-text.ts';

/**
 * The fence. Moves the cursors of executions, each only from where its page began and only for the owner of its lease;
 * answers `{execution_id, run_id}` of those that moved. A page whose cursor did not move must not be written.
 */
export const moveCursors = (pages: readonly PageWrite[], owner: string): Statement => sql`
  update executions e set
    cursor = p.cursor_to,
    first_execution_id = coalesce(p.first_execution_id, e.first_execution_id),
    is_reset = e.is_reset or p.is_reset,
    close_status = p.close_status,
    closed_at = p.closed_at,
    successor_id = p.successor_id
  from jsonb_to_recordset(${jsonText(pages.map(cursorOf))}::jsonb) as p (
    execution_id text, cursor_from bigint, cursor_to bigint, first_execution_id text, is_reset boolean,
    close_status text, closed_at timestamptz, successor_id text)
  where e.execution_id = p.execution_id and e.cursor = p.cursor_from and e.lease_owner = ${owner}
  returning e.execution_id, e.run_id`;

function cursorOf(page: PageWrite) {
  return {
    execution_id: page.executionId,
    cursor_from: page.cursorFrom,
    cursor_to: page.cursorTo,
    first_execution_id: page.firstExecutionId,
    is_reset: page.isReset,
    close_status: page.closeStatus,
    closed_at: page.closedAt,
    successor_id: page.successorId,
  };
}
