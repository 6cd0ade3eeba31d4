/** The second argument of a run's workflow. Operators leave it out; everything Baton starts has it. */
import type { Address } from '../plan/address.ts';
import type { Plan } from '../plan/plan.ts';
import type { JsonObject } from '../plan/json.ts';
import type { PlanEdit } from './plan-edit.ts';

/** Behaviour version of the core that new runs get; what each changed stands in `workflows/core/kernel/versions.ts`. */
export const INTERPRETER_VERSION = 4;

/** Plans up to this size travel in the envelope; larger ones are loaded by hash through an activity. */
export const INLINE_PLAN_BYTES = 512 * 1024;
/** A compiled plan above this is refused at publish: 2,000 ordinary steps fit, and Temporal's 2 MB a payload are far. */
export const MAX_PLAN_BYTES = 1792 * 1024;

/** A published plan by its names; whoever needs it loads it. */
interface PlanName {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
}

/** A plan that stands here whole, as opposed to its name. Its form is for `planFault`. */
export function isPlan(plan: unknown): plan is Plan {
  return typeof plan === 'object' && plan !== null && 'steps' in plan;
}

export interface Envelope {
  readonly interpreter: number;
  readonly plan: Plan | PlanName;
  /** Ordinal of the branch: 0 for a fresh run; continue and restore (later) add one. */
  readonly epoch: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Who asked for the run, for people. */
  readonly startedBy: string | null;
  /** State handed over by continue-as-new or taken from a checkpoint; opaque to everybody but the core. */
  readonly carry?: JsonObject;
  /** Where the carry is from when it is a checkpoint: the execution that had closed, and its last event. */
  readonly base?: { readonly executionId: string; readonly eventId: number };
  /** With `base`: what the closed run is to go on with. */
  readonly continue?: Continuation;
  /** The run that this one was started in the likeness of; for people. */
  readonly rerunOf?: string;
  /** The run that was redirected to this one. */
  readonly redirected?: Redirected;
}

/** What a redirected run hands to its successor. */
export interface Redirected {
  /** Its run id. */
  readonly from: string;
  /** Id of the message that asked for it. */
  readonly message: string | null;
  readonly by: string | null;
  readonly task: string;
  readonly context: string | null;
  /** The step to begin with; null = from the beginning. */
  readonly skipTo: Address | null;
  /** Steps whose results are taken over. */
  readonly takes: readonly Address[];
  /** Their states, what is used up of the run's limits, and the workspace; opaque to everybody but the core. */
  readonly handover: JsonObject;
}

/** A request to go on with an agent, or another step, of a run that has closed. */
export interface Continuation {
  /** The step to go on with; null = every step that failed, was cancelled or reached a limit. */
  readonly step: Address | null;
  /** Limits of the new segment; what is null here stays as it was. Counted from zero. */
  readonly limits: ContinuationLimits;
  /** What the agent is told; null = to go on. */
  readonly message: string | null;
  readonly by: string | null;
  /** The state is that of a checkpoint, and not of the run's end. */
  readonly restored?: Restored;
}

/** The checkpoint that a run is set back to, or that it was forked from. */
export interface Restored {
  /** Whose it is: another run's, where this one was forked. */
  readonly run: string;
  readonly checkpoint: number;
  /** A step that is done anew, with all that depends on it; null: none. */
  readonly from: Address | null;
  /** ms since 1970: when it was so. */
  readonly at: number;
  /** Steps whose end in the carry is a person's word, or another run's: what depends on them is done anew. */
  readonly given?: readonly Address[];
  /** The run that this was forked to, whose results these are. */
  readonly promoted?: string;
  /** Names of inputs that are other than they were. */
  readonly inputs?: readonly string[];
  /** How the plan differs from the one that the run had then. */
  readonly edit?: PlanEdit;
}

/** What the continued step and, where the run has limits, the run get on top. */
export interface ContinuationLimits {
  readonly turns: number | null;
  readonly tokens: number | null;
  readonly costMicros: number | null;
  readonly durationMs: number | null;
}
