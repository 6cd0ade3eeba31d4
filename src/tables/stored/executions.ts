/** One row for each Temporal execution of a run, and how far it is folded. */
import { bigint, boolean, nullable, text, time } from '../column.ts';
import { table } from '../table.ts';

export const executions = table({
  name: 'executions',
  key: ['execution_id'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'copied',
  order: ['started_at', 'execution_id'],
  columns: {
    execution_id: text(),
    run_id: text(),
    workflow_type: text(),
    first_execution_id: nullable(text()),
    started_at: time(),
    /** The last event that was folded and stored. */
    cursor: bigint(),
    close_status: nullable(text()),
    closed_at: nullable(time()),
    successor_id: nullable(text()),
    is_reset: boolean(),
    /** Temporal no longer has it. */
    source_gone: boolean(),
  },
  beside: {
    /** Who follows it, and until when nobody else does. */
    lease_owner: nullable(text()),
    lease_until: nullable(time()),
  },
});
