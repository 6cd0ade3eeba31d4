/** One row for an attempt of a step; of an agent it is open until the step moves on. */
import type { AttemptStatus } from '../../protocol/status.ts';
import type { Consumption } from '../../protocol/usage.ts';
import { integer, json, jsonb, nullable, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';

export const workflowStepAttempts = table({
  name: 'workflow_step_attempts',
  key: ['run_id', 'step', 'epoch', 'attempt'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    step: text(),
    epoch: integer(),
    attempt: integer(),
    status: text<AttemptStatus>(),
    category: nullable(text()),
    error: nullable(json()),
    worker: nullable(text()),
    /** What its model calls consumed; null while none has. */
    usage: nullable(jsonb<Consumption>()),
    scheduled_at: time(),
    started_at: nullable(time()),
    completed_at: nullable(time()),
  },
});

export type AttemptRow = RowOf<typeof workflowStepAttempts>;
