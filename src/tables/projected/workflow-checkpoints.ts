/** States of a run that it can be continued from. */
import type { JsonObject } from '../../plan/json.ts';
import { bigint, integer, json, jsonb, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

export const workflowCheckpoints = table({
  name: 'workflow_checkpoints',
  key: ['run_id', 'execution_id', 'event_id'],
  rows: 'added',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    epoch: integer(),
    execution_id: text(),
    /** The last event that was folded. */
    event_id: bigint(),
    /** The run had ended there. */
    kind: text<'closed'>(),
    interpreter: integer(),
    workflow: text(),
    version: text(),
    plan_hash: text(),
    inputs: json<JsonObject>(),
    labels: jsonb<Readonly<Record<string, string>>>(),
    /** The core's carry. */
    state: json<JsonObject>(),
    created_at: time(),
  },
});

export type CheckpointRow = RowOf<typeof workflowCheckpoints>;
