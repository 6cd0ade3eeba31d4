/**
 * The rows of the read tables, member by member as the columns of the migrations; those of agents in agent-rows.ts.
 * Times are ISO texts in UTC.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { EventType, MessageType } from '../../protocol/event.ts';
import type { LimitsJson } from '../../protocol/limits.ts';
import type { IgnoredCode, PauseEnd, PauseMode } from '../../protocol/signals.ts';
import type {
  AttemptStatus,
  MessageStatus,
  ReaderStatus,
  RunStatus,
  ShownStepStatus,
} from '../../protocol/status.ts';
import type { Consumption } from '../../protocol/usage.ts';
import type { CallRow, CheckpointRow, Need, QuestionRow, SegmentJson } from './agent-rows.ts';
import type { Divergence } from './expectation.ts';

export interface RunError {
  readonly type: string;
  readonly message: string;
  readonly step: string | null;
}

/** Row of `workflow_runs`. */
export interface RunRow extends Consumption {
  readonly id: string;
  workflow: string;
  version: string | null;
  plan_hash: string | null;
  status: RunStatus;
  terminal_reason: string | null;
  is_paused: boolean;
  pause_requested_at: string | null;
  pause_reason: string | null;
  pause_drained_at: string | null;
  cancel_requested_at: string | null;
  inputs: Json;
  output: Json;
  error: RunError | null;
  error_message: string | null;
  labels: Readonly<Record<string, string>>;
  metadata: JsonObject;
  session_id: string | null;
  session_name: string | null;
  workspace_path: string | null;
  cache_read_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  duration_seconds: number | null;
  revision: number;
  epoch: number;
  execution_id: string;
  lineage: JsonObject;
  diverged: (Divergence & { readonly execution_id: string }) | null;
  last_seq: number;
  readonly created_at: string;
  started_at: string | null;
  completed_at: string | null;
  updated_at: string;
  limits: LimitsJson | Readonly<Record<string, never>>;
  /** What somebody has to do so that the run goes on. */
  needs: readonly Need[];
  pause: PauseJson | null;
  /** Temporal's own pause, which the run itself does not see. */
  temporal_pause: TemporalPauseJson | null;
  /** How long something of it was dispatched, up to `active_since` (working-time.ts). */
  active_seconds: number;
  /** Since when something is; null: nothing is. */
  active_since: string | null;
}

/** A pause that an operator has asked Temporal for. */
export interface TemporalPauseJson {
  readonly by: string | null;
  readonly reason: string | null;
  readonly since: string;
}

/** A pause that stands. */
export interface PauseJson {
  readonly mode: PauseMode;
  readonly by: string | null;
  /** Steps that it waits for or has waited for, and how many of them have come to rest. */
  readonly busy: number;
  readonly drained: number;
  /** null: until somebody resumes the run. */
  readonly ends_at: string | null;
  readonly on_timeout: PauseEnd;
}

/** Row of `workflow_step_executions`. */
export interface StepRow extends Consumption {
  readonly run_id: string;
  readonly key: string;
  position: number;
  title: string;
  kind: string;
  level: number;
  dependencies: readonly string[];
  capability: string | null;
  status: ShownStepStatus;
  attempt: number;
  reason: string | null;
  error: Json;
  output: Json;
  output_preview: string | null;
  output_bytes: number | null;
  tolerated: boolean;
  session_id: string | null;
  started_at: string | null;
  completed_at: string | null;
  /** Name of the agent, for steps of that kind. */
  agent: string | null;
  /** `provider/model` that answered last. */
  model: string | null;
  segments: readonly SegmentJson[];
}

/** Row of `workflow_step_attempts`. */
export interface AttemptRow {
  readonly run_id: string;
  readonly step: string;
  readonly epoch: number;
  readonly attempt: number;
  status: AttemptStatus;
  category: string | null;
  error: Json;
  worker: string | null;
  /** What its model calls consumed; null while none has. */
  usage: Consumption | null;
  readonly scheduled_at: string;
  started_at: string | null;
  completed_at: string | null;
}

/** Row of `workflow_events`. */
export interface EventRow {
  readonly run_id: string;
  readonly seq: number;
  readonly type: EventType;
  readonly step: string | null;
  readonly attempt: number | null;
  readonly data: JsonObject;
  readonly caused_by: number | null;
  readonly previous: number | null;
  readonly at: string;
  readonly execution_id: string;
  readonly event_id: number;
  readonly turn: number | null;
}

/** Row of `workflow_messages`. */
export interface MessageRow {
  readonly run_id: string;
  readonly seq: number;
  readonly message_id: string | null;
  readonly message_type: MessageType;
  readonly action_type: string | null;
  action_status: MessageStatus;
  readonly content: string | null;
  /** Why it was ignored, for people. */
  reason: string | null;
  readonly author: string | null;
  metadata: JsonObject;
  readonly created_at: string;
  readonly step: string | null;
  readonly agent: string | null;
  readonly attempt: number | null;
  readonly turn: number | null;
  /** Why it was ignored, for machines. */
  reason_code: IgnoredCode | null;
  acknowledged_at: string | null;
  /** Nothing more becomes of it. */
  processed_at: string | null;
  readers: readonly ReaderJson[];
  /** The newest event that has changed the row. */
  updated_seq: number;
  /** Digest of what a command says. */
  readonly said: string | null;
}

/** An agent that has got a message with a turn. */
export interface ReaderJson {
  readonly step: string;
  readonly agent: string | null;
  readonly attempt: number;
  readonly turn: number;
  readonly status: ReaderStatus;
  readonly at: string;
}

/** What has changed: rows to be inserted or replaced, and rows to be added (events, checkpoints). */
export interface Changes {
  readonly run: RunRow | null;
  readonly steps: readonly StepRow[];
  readonly attempts: readonly AttemptRow[];
  readonly calls: readonly CallRow[];
  readonly questions: readonly QuestionRow[];
  readonly events: readonly EventRow[];
  readonly messages: readonly MessageRow[];
  readonly checkpoints: readonly CheckpointRow[];
  /** Of each of `events`: how many events led to it, one after the other. */
  readonly causeDepths: readonly number[];
}

export const NO_CHANGES: Changes = {
  run: null,
  steps: [],
  attempts: [],
  calls: [],
  questions: [],
  events: [],
  messages: [],
  checkpoints: [],
  causeDepths: [],
};

/** A time as rows hold it. @param ms since 1970 */
export function timeOf(ms: number): string {
  if (ms !== newest.ms) newest = { ms, text: new Date(ms).toISOString() };
  return newest.text;
}

/** All rows of a workflow task have one time, and writing it out is what a fold would otherwise mostly do. */
let newest = { ms: 0, text: new Date(0).toISOString() };
