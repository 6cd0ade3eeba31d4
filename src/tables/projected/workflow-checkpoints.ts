/**
 * Points of a run that can be restored: completed workflow tasks, and the ends of its executions. A task's row points at
 * it, and its state is folded on demand; an end has its state in its row, so that the run can be continued at once.
 */
import type { JsonObject } from '../../plan/json.ts';
import type { CheckpointReason } from '../../protocol/status.ts';
import { bigint, integer, json, jsonb, later, nullable, text, time } from '../column.ts';
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
    /** `closed`: the run had ended there. The columns from `workflow` to `state` are those of ends only. */
    kind: text<'closed' | 'task'>(),
    interpreter: integer(),
    workflow: nullable(text()),
    version: nullable(text()),
    plan_hash: nullable(text()),
    inputs: nullable(json<JsonObject>()),
    labels: nullable(jsonb<Readonly<Record<string, string>>>()),
    /** The core's carry. */
    state: nullable(json<JsonObject>()),
    created_at: time(),
    /** 1, 2, 3 … within the run: what people name. */
    number: later(integer()),
    /** The newest public event as of then. */
    seq: later(bigint()),
    reason: later(text<CheckpointReason>()),
    /** What a person called it. */
    label: nullable(text()),
    /** Number of the one that it comes after, in its branch. */
    parent: nullable(integer()),
    /** Addresses of the steps that have settled since the parent. */
    settled: later(jsonb<readonly string[]>()),
    /** All that had settled. */
    steps_settled: later(integer()),
    turns: later(integer()),
    total_tokens: later(bigint()),
    /** Micro-dollars; null once a price was unknown. */
    cost_estimate: nullable(bigint()),
    /** The snapshot of the workspace's files; null: there is none. */
    workspace_commit: nullable(text()),
  },
});

export type CheckpointRow = RowOf<typeof workflowCheckpoints>;
