import { sql, type Statement } from '../../database/sql.ts';
import type { ActivityOptions } from '../../temporal/history-source.ts';
import { jsonText } from './json-text.ts';

/** Row of the volatile table `workflow_processes`. */
export interface ProcessRow {
  readonly run_id: string;
  readonly step: string;
  readonly activity_id: string;
  readonly state: string;
  readonly attempt: number;
  readonly queue: string | null;
  readonly worker: string | null;
  readonly last_heartbeat_at: string | null;
  readonly waiting_for: string | null;
  readonly observed_at: string;
  readonly pause: ProcessPause | null;
  readonly options: ActivityOptions;
}

/** An activity that an operator has paused in Temporal. */
export interface ProcessPause {
  readonly by: string | null;
  readonly reason: string | null;
  readonly since: string | null;
}

/** Replaces what was observed of some runs. */
export const replaceProcesses = (runIds: readonly string[], rows: readonly ProcessRow[]): Statement => sql`
  with seen as (
    select * from jsonb_populate_recordset(null::workflow_processes, ${jsonText(rows)}::jsonb)
  ), gone as (
    delete from workflow_processes p where run_id = any(${runIds})
      and not exists (select 1 from seen s where s.run_id = p.run_id and s.activity_id = p.activity_id)
  )
  insert into workflow_processes select * from seen
  on conflict (run_id, activity_id) do update set
    state = excluded.state, attempt = excluded.attempt, queue = excluded.queue, worker = excluded.worker,
    last_heartbeat_at = excluded.last_heartbeat_at, waiting_for = excluded.waiting_for,
    observed_at = excluded.observed_at, pause = excluded.pause, options = excluded.options`;
