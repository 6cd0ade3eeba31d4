/** Rows that agents leave, member by member as the columns of `002_agents.sql`. Times are ISO texts in UTC. */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { LimitsJson } from '../../protocol/limits.ts';
import type { QuestionKind, QuestionStatus } from '../../protocol/question.ts';
import type { CallStatus } from '../../protocol/status.ts';

/** Something that somebody has to do so that the run goes on. `step` null: it concerns the run. */
export interface Need {
  readonly step: string | null;
  readonly kind: QuestionKind;
  /** In a person's words, with the way to do it. */
  readonly message: string;
}

/** A stretch of turns of a step, in its row. `cost_estimate` is in micro-dollars. */
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

/**
 * Row of `llm_calls`. Tokens and cost are null while nothing is known to have been consumed: while it runs, when its
 * worker died, and when its answer had been counted before.
 */
export interface CallRow {
  readonly run_id: string;
  readonly step: string;
  readonly epoch: number;
  readonly attempt: number;
  readonly turn: number;
  readonly segment: number;
  /** `compaction`: it summarised older turns. */
  readonly purpose: 'turn' | 'compaction';
  status: CallStatus;
  replayed: boolean;
  session_id: string | null;
  provider: string | null;
  requested_model: string | null;
  model: string | null;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  reasoning_tokens: number | null;
  total_tokens: number | null;
  /** Micro-dollars. */
  cost_estimate: number | null;
  price_version: string | null;
  first_token_ms: number | null;
  duration_ms: number | null;
  finish_reason: string | null;
  /** Why figures are not as the vendor told them. */
  usage_note: string | null;
  error: { readonly type: string; readonly message: string } | null;
  worker: string | null;
  started_at: string;
  completed_at: string | null;
}

/** Row of `workflow_questions`. */
export interface QuestionRow {
  readonly run_id: string;
  readonly id: string;
  readonly kind: QuestionKind;
  readonly step: string;
  readonly attempt: number;
  readonly turn: number | null;
  status: QuestionStatus;
  /** A SuppliedValue. */
  readonly prompt: JsonObject;
  readonly preview: string;
  readonly form: JsonObject | null;
  /** `{id, name, input, preview}` of the call that waits for a yes. */
  readonly call: JsonObject | null;
  readonly approvers: readonly string[];
  readonly needed: number;
  readonly not_starter: boolean;
  /** `[{by, at, answer, decision}]` */
  answers: readonly Json[];
  readonly asked_at: string;
  expires_at: string | null;
  closed_at: string | null;
}

/** Row of `workflow_checkpoints`. */
export interface CheckpointRow {
  readonly run_id: string;
  readonly epoch: number;
  readonly execution_id: string;
  readonly event_id: number;
  /** The run had ended there. */
  readonly kind: 'closed';
  readonly interpreter: number;
  readonly workflow: string;
  readonly version: string;
  readonly plan_hash: string;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  /** The core's carry. */
  readonly state: JsonObject;
  readonly created_at: string;
}
