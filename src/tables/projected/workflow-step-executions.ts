/** One row for a step, named by its address. */
import type { LimitsJson } from '../../protocol/limits.ts';
import type { ShownStepStatus } from '../../protocol/status.ts';
import { bigint, boolean, integer, json, jsonb, nullable, text, texts, time } from '../column.ts';
import { table, type RowOf } from '../table.ts';
import { consumption } from './consumption.ts';

/** A stretch of turns of a step. `cost_estimate` is in micro-dollars. */
export interface SegmentJson extends Omit<LimitsJson, 'on_limit'> {
  readonly segment: number;
  readonly turns: number;
  readonly total_tokens: number;
  readonly cost_estimate: number | null;
  readonly started_at: string;
  readonly completed_at: string | null;
  readonly terminal_reason: string | null;
  /** What the agent was told when it went on. */
  readonly message: string | null;
  readonly by: string | null;
}

/** Who keeps a step from starting, why, and since when. */
export interface HeldJson {
  readonly by: string | null;
  readonly reason: string | null;
  readonly at: string;
}

export const workflowStepExecutions = table({
  name: 'workflow_step_executions',
  key: ['run_id', 'address'],
  rows: 'replaced',
  run: 'run_id',
  archive: 'moved',
  columns: {
    run_id: text(),
    /** `build`, `build[3]/test`; the other tables name steps so too. */
    address: text(),
    /** The step's place in the plan. */
    key: text(),
    position: integer(),
    title: text(),
    kind: text(),
    level: integer(),
    dependencies: texts(),
    capability: nullable(text()),
    /** `superseded`: a later branch of the run no longer has the step. */
    status: text<ShownStepStatus>(),
    attempt: integer(),
    /** Of the plan, when its last attempt began; null: none has. */
    revision: nullable(integer()),
    reason: nullable(text()),
    error: nullable(json()),
    /** The value where it stands inline, else where it is stored. */
    output: nullable(json()),
    output_preview: nullable(text()),
    output_bytes: nullable(bigint()),
    tolerated: boolean(),
    session_id: nullable(text()),
    ...consumption,
    started_at: nullable(time()),
    completed_at: nullable(time()),
    /** Name of the agent, for steps of that kind. */
    agent: nullable(text()),
    /** `provider/model` that answered last. */
    model: nullable(text()),
    segments: jsonb<readonly SegmentJson[]>(),
    held: nullable(jsonb<HeldJson>()),
  },
});

export type StepRow = RowOf<typeof workflowStepExecutions>;
