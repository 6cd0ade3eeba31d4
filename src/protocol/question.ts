/**
 * Questions that a run puts to people. Ids are unique within a run.
 *
 * `ask`: a step of that kind; `ask_user`: an agent's tool; `approval`: a call of a tool that waits for a yes;
 * `limit`: an agent has reached a limit and its step says `on_limit: ask`.
 */
import type { Address } from '../plan/address.ts';
import type { Json, JsonObject } from '../plan/json.ts';
import type { ToolCall } from './agent.ts';
import type { ProposedEdit } from './editing/proposal.ts';
import type { Decision } from './signals.ts';
import type { SuppliedValue } from './values.ts';

export const QUESTION_KINDS = ['ask', 'ask_user', 'approval', 'limit'] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** `withdrawn`: nobody waits for it any more (cancelled, restored, the run ended). */
export const QUESTION_STATUSES = ['open', 'answered', 'expired', 'withdrawn'] as const;
export type QuestionStatus = (typeof QUESTION_STATUSES)[number];

export interface Question {
  readonly id: string;
  readonly kind: QuestionKind;
  readonly step: Address;
  readonly attempt: number;
  /** Agents only. */
  readonly turn: number | null;
  readonly prompt: SuppliedValue;
  /** The prompt, cut; for people. */
  readonly preview: string;
  /** JSON Schema that an answer must fit; null for approvals of calls, where `decision` says it. */
  readonly form: JsonObject | null;
  /** The call that waits for a yes. */
  readonly call: ToolCall | null;
  /** What the call would do to the plan; absent: nothing. */
  readonly edit?: ProposedEdit;
  /** Who may answer; empty = everybody. */
  readonly approvers: readonly string[];
  /** How many different people must answer. */
  readonly needed: number;
  readonly notStarter: boolean;
  /** ms since 1970. */
  readonly askedAt: number;
  /** ms since 1970; null = waits for ever. */
  readonly expiresAt: number | null;
}

/** One person's answer. */
export interface Answer {
  readonly by: string | null;
  /** ms since 1970. */
  readonly at: number;
  readonly answer: Json;
  /** Approvals of calls only. */
  readonly decision: Decision | null;
}

/**
 * The answer to a question of kind `limit`: the limits of the new segment, counted from zero. What is absent stays as
 * it was.
 */
export interface LimitAnswer {
  readonly additional_turns?: number | undefined;
  readonly additional_budget?:
    | {
        readonly tokens?: number | undefined;
        readonly cost_usd?: number | undefined;
        /** In ms, or a text such as `30m`. */
        readonly duration?: number | string | undefined;
      }
    | undefined;
  /** What the agent is told. */
  readonly message?: string | undefined;
}

/** The result of an `ask` step. `answer` and `by` are the last one's; both null-ish when time ran out. */
export interface AskResult {
  readonly answer: Json;
  readonly by: string | null;
  readonly answers: readonly { readonly by: string | null; readonly answer: Json }[];
}
