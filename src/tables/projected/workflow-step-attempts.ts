/** One row for an attempt of a step; of an agent it is open until the step moves on. */
import { integer, json, jsonb, nullable, text, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';
import type { Consumption } from './consumption.ts';

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
    status: text<'running' | 'waiting' | 'completed' | 'failed' | 'cancelled'>(),
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
