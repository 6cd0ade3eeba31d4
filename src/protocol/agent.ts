/**
 * What goes into the activities of an agent and what comes back: `agent` is one turn's model call, `tool` one call of
 * a tool. The transcript itself stands in Postgres; here are references, usage and previews only.
 *
 * Activity ids: `key#attempt/turn` and `key#attempt/turn.index`.
 */
import type { Address } from '../plan/address.ts';
import type { Path } from '../plan/json.ts';
import type { AgentSpec, EditPolicy, McpServerSpec, Plan } from '../plan/plan.ts';
import type { StepActivityInput, TemplateValues } from './activity.ts';
import type { TakenSnapshot } from './snapshot.ts';
import type { ModelUsage, SessionRef } from './usage.ts';
import type { StepResult, SuppliedValue } from './values.ts';

export const TOOL_ACTIVITY = 'tool';
/** Tool that the workflow answers itself: it asks a person. Arguments: `{question, form?}`. */
export const ASK_USER = 'ask_user';
/** Tool by which an agent proposes edits of the plan of its own run. Only a policy grants it. */
export const EDIT_PLAN = 'edit_plan';
/** The workflow reads these arguments itself, so they are inline up to here. */
export const MAX_QUESTION_BYTES = 16 * 1024;

/** What a model is told of a call that was stopped before its end. @param why in a few words */
export function stoppedCall(why: string): string {
  return `This call was stopped before its end: ${why}. It may have had effects. Look before you call it again.`;
}

/** Of a call of {@link EDIT_PLAN}: the plan that it is an edit of, and how far it may go. */
export interface PlanToEdit {
  readonly hash: string;
  readonly revision: number;
  readonly policy: EditPolicy;
  /** Steps that may still be added. */
  readonly room: number;
  /** The run may take the plan with the answer, so it has to be stored before. */
  readonly mayTake: boolean;
  /** The call's input is the result of a step of this kind, and holds the edits somewhere. */
  readonly resultOf?: string;
}

/** What an {@link EDIT_PLAN} call that is no mistake in itself comes to; the run judges it. */
export interface ProposedPlan {
  /** The whole plan, compiled. */
  readonly plan: Plan;
  /** Of the plan that it was made of. */
  readonly revision: number;
  readonly reason: string | null;
}

/** Where a turn stands. Turns count from 1 over all segments of a step. */
interface TurnPlace {
  readonly key: Address;
  readonly title: string;
  readonly attempt: number;
  readonly turn: number;
}

export interface TurnInput {
  readonly run: StepActivityInput['run'];
  readonly step: TurnPlace;
  /** `run/epoch/step/turn`, the same for every attempt of the turn. */
  readonly idempotencyKey: string;
  /** `provider/model`; null = the worker's default. */
  readonly model: string | null;
  /** null in the first turn, which opens the session. */
  readonly session: { readonly ref: SessionRef; readonly head: string } | null;
  /** Present when `session` is null. */
  readonly opening: Opening | null;
  /** What is added to the session before the call, in this order. */
  readonly append: readonly Appended[];
  /** What the limits leave for this answer; the smaller of it and the spec's own holds. */
  readonly maxOutputTokens: number | null;
  /** Paths of the final result that conditions read. */
  readonly keep: readonly Path[];
  /** The directory to work in (for MCP servers by stdio); null without a workspace. */
  readonly workspace: string | null;
  readonly timeoutMs: number;
  /** This call summarises the older turns instead of going on. `window`: tokens that the model takes, if it is known. */
  readonly compact?: { readonly window: number | null };
}

/** What a session begins with. It is stored as the session's first entry, so that later turns need not repeat it. */
export interface Opening {
  readonly spec: AgentSpec;
  readonly system: string;
  readonly mcp: Readonly<Record<string, McpServerSpec>>;
  readonly values: TemplateValues;
}

/** Something that is added to a session between two model calls. */
export type Appended =
  | { readonly type: 'tool_results'; readonly results: readonly ToolAnswer[] }
  | {
      readonly type: 'user';
      readonly source: AppendedSource;
      readonly text: string;
      readonly by: string | null;
    };

/**
 * `correction`: the answer did not fit its schema; `notice`: Baton itself has something to say; `instruction`: a
 * message of a person; `redirect`: the new task of a run that another was redirected to; `cut`: the answer before was
 * cut, and the one after goes on with it.
 */
export type AppendedSource = 'continue' | 'correction' | 'cut' | 'notice' | 'instruction' | 'redirect';

export interface ToolAnswer {
  /** The call's id as the model gave it. */
  readonly call: string;
  readonly name: string;
  readonly output: SuppliedValue;
  readonly isError: boolean;
}

/** A call that the model asked for. */
export interface ToolCall {
  /** As the model gave it; unique within its turn. */
  readonly id: string;
  readonly name: string;
  /** The exact arguments, inline up to 1 KB, those of {@link ASK_USER} up to {@link MAX_QUESTION_BYTES}. */
  readonly input: SuppliedValue;
  /** The arguments for people, cut. */
  readonly preview: string;
  /** The answer was cut before these arguments were whole: it is never made. */
  readonly cut?: true;
}

export interface TurnOutput {
  readonly session: SessionRef;
  /** Hash of the session's last entry: the answer. */
  readonly head: string;
  readonly usage: ModelUsage;
  /** What the model said, cut; for people. */
  readonly preview: string;
  /** Empty when the agent is done. */
  readonly calls: readonly ToolCall[];
  /** The step's result; present exactly when there are no calls and no correction. */
  readonly result: StepResult | null;
  /** The answer does not fit the output schema: what the model is to be told. */
  readonly correction: string | null;
  /** The answer was found stored: an attempt before this one had paid for it and died. */
  readonly replayed: boolean;
  /** The answer was cut at a limit of tokens: at what the limits of step and run had left, or at any other. */
  readonly cut?: 'budget' | 'length';
  /** Tokens that the model takes at once, where the price table knows it. */
  readonly window?: number;
  /** Of a call that summarised: how many entries of the session its summary stands for. `head` is the summary. */
  readonly compacted?: { readonly entries: number };
}

/** What a turn says that was stopped by a cancel: the first of the details of its CancelledFailure. */
export interface AbortedTurn {
  readonly session: SessionRef;
  /** The text that had come, kept as an entry of the session after all that was appended; null when none had come. */
  readonly partial: { readonly head: string; readonly preview: string } | null;
  /** Where the vendor said what it had consumed. */
  readonly usage?: ModelUsage;
}

export interface ToolActivityInput {
  readonly run: StepActivityInput['run'];
  readonly step: TurnPlace & { readonly index: number };
  /** `run/epoch/step/turn.index`, the same for every attempt of the call. */
  readonly idempotencyKey: string;
  readonly call: ToolCall;
  /** The server of an `mcp__` tool. */
  readonly mcp: McpServerSpec | null;
  /** The directory to work in; null without a workspace. */
  readonly workspace: string | null;
  /** Snapshots of the workspace are kept for other workers. */
  readonly snapshots?: true;
  readonly timeoutMs: number;
  readonly edits?: PlanToEdit;
}

/** A tool that says no answers with `isError`; the activity itself fails for failures of the machinery only. */
export interface ToolActivityOutput {
  readonly result: StepResult;
  readonly isError: boolean;
  /** What was done, in a person's words: "Reading file: package.json (812 bytes)". */
  readonly comment: string;
  /** Of {@link EDIT_PLAN}, whose `result` are the edits then. */
  readonly proposed?: ProposedPlan;
  /** Of the workspace, where the tool may have changed it. */
  readonly snapshot?: TakenSnapshot;
}

export type TurnActivity = (input: TurnInput) => Promise<TurnOutput>;
export type ToolActivity = (input: ToolActivityInput) => Promise<ToolActivityOutput>;
