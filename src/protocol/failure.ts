/**
 * Why a step's attempt failed. One list of codes; the code alone decides what happens next, never a message.
 *
 * TASK_ERROR: the step ran and said no; the step's own `retry` decides. INFRA_ERROR: the machinery failed before the
 * step could say anything; retried from a budget of its own with the same idempotency key.
 */
import type { Json, JsonObject } from '../plan/json.ts';
import type { ErrorScope } from '../plan/template.ts';
import type { TakenSnapshot } from './snapshot.ts';
import type { ModelUsage, SessionRef } from './usage.ts';

export type FailureCategory = 'TASK_ERROR' | 'INFRA_ERROR';

export const FAILURES = {
  // The step ran and said no.
  model_error: { category: 'TASK_ERROR', retryable: true },
  model_rate_limited: { category: 'TASK_ERROR', retryable: true },
  model_refused: { category: 'TASK_ERROR', retryable: false },
  model_unauthorized: { category: 'TASK_ERROR', retryable: false },
  model_unknown: { category: 'TASK_ERROR', retryable: false },
  model_output_invalid: { category: 'TASK_ERROR', retryable: true },
  answer_cut: { category: 'TASK_ERROR', retryable: false },
  script_error: { category: 'TASK_ERROR', retryable: false },
  http_status: { category: 'TASK_ERROR', retryable: true },
  http_failed: { category: 'TASK_ERROR', retryable: true },
  address_refused: { category: 'TASK_ERROR', retryable: false },
  command_failed: { category: 'TASK_ERROR', retryable: true },
  not_allowed: { category: 'TASK_ERROR', retryable: false },
  expression_error: { category: 'TASK_ERROR', retryable: false },
  expression_too_expensive: { category: 'TASK_ERROR', retryable: false },
  number_out_of_range: { category: 'TASK_ERROR', retryable: false },
  value_missing: { category: 'TASK_ERROR', retryable: false },
  values_too_large: { category: 'TASK_ERROR', retryable: false },
  result_too_large: { category: 'TASK_ERROR', retryable: false },
  timeout: { category: 'TASK_ERROR', retryable: true },
  definition_not_found: { category: 'TASK_ERROR', retryable: false },
  inputs_invalid: { category: 'TASK_ERROR', retryable: false },
  compaction_failed: { category: 'TASK_ERROR', retryable: false },
  prompt_too_large: { category: 'TASK_ERROR', retryable: false },
  session_lost: { category: 'TASK_ERROR', retryable: false },
  workspace_failed: { category: 'TASK_ERROR', retryable: false },
  workspace_lost: { category: 'TASK_ERROR', retryable: false },
  workspace_snapshot_lost: { category: 'TASK_ERROR', retryable: false },
  rejected: { category: 'TASK_ERROR', retryable: false },
  question_expired: { category: 'TASK_ERROR', retryable: false },
  mcp_failed: { category: 'TASK_ERROR', retryable: true },
  node_failed: { category: 'TASK_ERROR', retryable: true },
  node_result_invalid: { category: 'TASK_ERROR', retryable: true },
  // A limit: the step can be continued from where it stands.
  error_max_turns: { category: 'TASK_ERROR', retryable: false },
  error_max_budget: { category: 'TASK_ERROR', retryable: false },
  error_timeout: { category: 'TASK_ERROR', retryable: false },
  unknown: { category: 'TASK_ERROR', retryable: true },
  // The machinery failed.
  worker_lost: { category: 'INFRA_ERROR', retryable: true },
  node_lost: { category: 'INFRA_ERROR', retryable: true },
  worker_shutdown: { category: 'INFRA_ERROR', retryable: true },
  not_started: { category: 'INFRA_ERROR', retryable: true },
  connection_refused: { category: 'INFRA_ERROR', retryable: true },
  storage_unavailable: { category: 'INFRA_ERROR', retryable: true },
  reset: { category: 'INFRA_ERROR', retryable: true },
} as const satisfies Record<string, { category: FailureCategory; retryable: boolean }>;

export type FailureCode = keyof typeof FAILURES;

/** True for a code of the list. */
export function isFailureCode(code: unknown): code is FailureCode {
  return typeof code === 'string' && Object.hasOwn(FAILURES, code);
}

/** What an activity puts into `ApplicationFailure.details[0]`; `ApplicationFailure.type` is the {@link FailureCode}. */
export interface FailureDetails {
  /** The vendor or server asked to wait this long. */
  readonly retryAfterMs?: number;
  /** false overrides the list: trying again cannot help (a 404, a 401 …). */
  readonly retryable?: boolean;
  /** What a failed model call consumed all the same. */
  readonly usage?: ModelUsage;
  /** Which model was asked, when there is no usage that says so. */
  readonly asked?: { readonly provider: string; readonly model: string };
  readonly session?: SessionRef;
  /** For people and expressions: members of {@link TOLD}. */
  readonly data?: Json;
  /** Of the workspace, where the step has worked in it. */
  readonly snapshot?: TakenSnapshot;
}

/** A failure as Temporal delivered it, the same from the SDK's exception and from the event. */
export type RawFailure =
  | {
      readonly kind: 'application';
      readonly type: string;
      readonly message: string;
      readonly details: unknown;
    }
  | {
      readonly kind: 'timeout';
      readonly timeout: 'START_TO_CLOSE' | 'SCHEDULE_TO_START' | 'SCHEDULE_TO_CLOSE' | 'HEARTBEAT';
      readonly message: string;
    }
  | { readonly kind: 'reset'; readonly message: string }
  | { readonly kind: 'other'; readonly message: string };

/** What errors tell beside their message, each as far as its kind of step knows it. */
export const TOLD = [
  // Of commands: the ends of what they wrote.
  ...(['exit_code', 'signal', 'stdout_tail', 'stderr_tail'] as const),
  // Of http answers.
  ...(['status', 'headers', 'body'] as const),
  // Of agents: what the model answered last.
  'text',
] as const;

/** Most bytes of each of these as text. */
export const TOLD_BYTES = 16 * 1024;

/** A failure as the core and the tables speak of it. */
export interface StepError {
  readonly type: FailureCode;
  readonly category: FailureCategory;
  readonly message: string;
  readonly attempt: number;
  /** Members of {@link TOLD}. */
  readonly data?: JsonObject;
}

/** An error as expressions and readers see it: what it tells stands beside its message. */
export function seenError({ type, message, data }: Pick<StepError, 'type' | 'message' | 'data'>): ErrorScope {
  return { ...data, type, message };
}
