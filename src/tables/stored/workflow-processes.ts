/** Volatile: activities under way as Temporal describes them now, which no history shows. Not rebuilt. */
import { integer, jsonb, later, nullable, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

/** An activity that an operator has paused in Temporal. */
export interface ProcessPause {
  readonly by: string | null;
  readonly reason: string | null;
  readonly since: string | null;
}

export const workflowProcesses = table({
  name: 'workflow_processes',
  key: ['run_id', 'activity_id'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'dropped',
  columns: {
    run_id: text(),
    step: text(),
    activity_id: text(),
    state: text(),
    attempt: integer(),
    queue: nullable(text()),
    worker: nullable(text()),
    last_heartbeat_at: nullable(time()),
    waiting_for: nullable(text()),
    /** The task queue that it waits on while no worker serves it: its own, or that of a step of kind `node`. */
    unserved_queue: nullable(text()),
    observed_at: time(),
    pause: nullable(jsonb<ProcessPause>()),
    /** `{queue, start_to_close_ms, …}` as they are in force. */
    options: later(jsonb<object>()),
  },
});

export type ProcessRow = RowOf<typeof workflowProcesses>;
