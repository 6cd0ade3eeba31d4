import { sql, type Statement } from '../../../database/sql.ts';
import type { JsonObject } from '../../../plan/json.ts';

/** A state that a run can go on from. */
export interface CheckpointRow {
  readonly execution_id: string;
  readonly event_id: number;
  readonly interpreter: number;
  readonly workflow: string;
  readonly version: string;
  readonly plan_hash: string;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: JsonObject;
}

/** Where an execution of a run ended (CheckpointRow), or nothing while it is not stored. */
export const findCheckpoint = (runId: string, executionId: string): Statement => sql`
  select execution_id, event_id, interpreter, workflow, version, plan_hash, inputs, labels, state
  from workflow_checkpoints
  where run_id = ${runId} and execution_id = ${executionId} and kind = 'closed'
  order by event_id desc limit 1`;
