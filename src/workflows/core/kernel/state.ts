/** The run's state: plain data, replaced and never changed, equal in the workflow and in the fold. */
import type { Address, Index } from '../../../plan/address.ts';
import type { Limits, Plan } from '../../../plan/plan.ts';
import type { JsonObject, Path } from '../../../plan/json.ts';
import type { Continuation, Redirected } from '../../../protocol/envelope.ts';
import type { LoadPlanInput } from '../../../protocol/activity.ts';
import type { StepError } from '../../../protocol/failure.ts';
import type { Appended, ToolCall } from '../../../protocol/agent.ts';
import type { Gained } from '../../../protocol/editing/proposal.ts';
import type { LimitName } from '../../../protocol/limits.ts';
import type { Answer, Question } from '../../../protocol/question.ts';
import type { NewLimits } from '../../../protocol/new-limits.ts';
import type { Delivery, PauseEnd, PauseMode } from '../../../protocol/signals.ts';
import type { StepStatus } from '../../../protocol/status.ts';
import type { TakenSnapshot, WantedFiles } from '../../../protocol/snapshot.ts';
import type { SessionRef } from '../../../protocol/usage.ts';
import type { StepResult, SuppliedValue } from '../../../protocol/values.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import type { Owner } from './owners.ts';
import type { TimerPurpose } from './timers.ts';

/**
 * A step's life:
 *
 *     pending ──▶ running ◀─▶ waiting ──▶ completed
 *        │            │  ▲                failed      (retries used up, onError: fail or continue)
 *        │            ▼  │                cancelled   (the run fails fast or is cancelled)
 *        │         retrying
 *        └──▶ skipped | cancelled
 *
 * A person may have one that is not at work run anew (`anew`): it is pending again, and its attempts are numbered on.
 * `running` means dispatched, or an agent between two turns; whether a worker has it is volatile knowledge and stands
 * elsewhere. `waiting`: for a time, or for people.
 */
export interface StepState extends OwnStates {
  readonly status: StepStatus;
  /** Number of the last try; 0 = none yet. */
  readonly attempt: number;
  /** TASK tries; equal for all INFRA retries of one try. */
  readonly group: number;
  /** INFRA failures so far in this group. */
  readonly infra: number;
  /**
   * The epoch in which the present try was sent to a worker, as it stands in its idempotency key; absent once the try's
   * end is known.
   */
  readonly epoch?: string;
  /** The plan's revision under which its last try began; absent: the first, or none has begun. */
  readonly revision?: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  readonly result?: StepResult;
  readonly error?: StepError;
  /** Why it was skipped or cancelled. */
  readonly reason?: string;
  /** It failed, but `onError: continue` lets the run go on as if it had succeeded. */
  readonly tolerated?: true;
  /** What its result was asked to keep, where an edit of the plan asks for something else. */
  readonly keep?: readonly Path[];
  /** It has not begun, or is between two tries, and does not start until somebody releases it. */
  readonly held?: StepHold;
  /** Somebody wants no further try after the one under way. */
  readonly lastTry?: true;
  /** Its end is a person's word: a run that goes on leaves it so, unless it is told to go on with this very step. */
  readonly decided?: true;
  /** Of an agent that has not begun: limits that somebody has set meanwhile. */
  readonly limits?: NewLimits;
  /** Somebody has had it run anew: where its numbers go on from. */
  readonly anew?: Anew;
  /** Of a step that is no agent's: what it has resulted in may propose edits of the plan, and that is decided first. */
  readonly proposal?: ProposalState;
}

/** What a step had come to when it was set to run anew. What it has done since is done under keys of its own. */
interface Anew {
  readonly attempt: number;
  /** Of an agent. */
  readonly segment?: number;
}

/** ready ──▶ running ──▶ (asking ──▶ ready ──▶ running) ──▶ the step completes; `resting`: the machinery failed. */
export interface ProposalState {
  readonly status: 'ready' | 'running' | 'asking' | 'resting';
  /** What the step completes with. */
  readonly result: StepResult;
  /** Failures of the machinery so far. */
  readonly infra: number;
  /** A person has said yes. */
  readonly approved?: true;
  /** The edits that a person put in place of the proposed ones. */
  readonly edited?: SuppliedValue;
}

interface StepHold {
  readonly by: string | null;
  readonly reason: string | null;
  readonly at: number;
}

/** What steps of some kinds keep beside that, once they have begun. Each kind names the member that is its own. */
interface OwnStates {
  readonly agent?: AgentState;
  /** Of steps that run scopes. */
  readonly tally?: ScopeTally;
}

/** How far a step has come with its scopes. */
export interface ScopeTally {
  readonly begun: number;
  /** Of those that have ended: which came to a good end, and which did not. */
  readonly good: number;
  readonly bad: number;
  /** No further one begins, and what is open stops: why. */
  readonly stopped?: string;
}

/** A scope that a step runs. Its steps stand among those of the run. */
export interface ScopeState {
  readonly index: Index;
  /** What it is run for. */
  readonly item: SuppliedValue;
  /** The first failure in it that nobody tolerated. */
  readonly failure: { readonly step: Address; readonly error: StepError } | null;
  /** Its step has taken its end: the next task drops it, with its steps. */
  readonly ended?: true;
}

export type OwnState = keyof OwnStates;

/**
 * An agent's loop, between and during its turns:
 *
 *     call ──(answer with calls)──▶ tools ──(all answered)──▶ call …
 *       │ ──(answer that does not fit)──▶ call, with a correction
 *       └──(final answer)──▶ the step completes
 *
 * `call`: the next thing is a model call, or one is open. `tools`: the calls of the last answer are worked off. At a
 * limit the step fails, or asks; its state stays, so that it can be continued.
 */
export interface AgentState {
  readonly phase: 'call' | 'tools';
  readonly session: SessionRef | null;
  /** Last entry of the session; null before the first answer. */
  readonly head: string | null;
  /** Turns that answered, over all segments. */
  readonly turns: number;
  /** Which of the spec's models is asked next. */
  readonly model: number;
  /**
   * Of the models before it: how many ms the one asks to wait whose failure will pass; null when none will. Absent before
   * the first has failed.
   */
  readonly passes?: number | null;
  /** Answers in a row that did not fit the schema. */
  readonly corrections: number;
  /** Answers in a row that were cut; absent: none. */
  readonly cuts?: number;
  readonly append: readonly Appended[];
  /** Of the last answer, in its order. */
  readonly calls: readonly CallState[];
  readonly segment: SegmentState;
  /** Tokens of the last request and its answer, and how many its model takes at once (null: nobody knows). */
  readonly context?: { readonly tokens: number; readonly window: number | null };
  /** Older turns are summarised next: a person wants it, or the model did not take the conversation. */
  readonly compact?: 'asked' | 'needed';
  /** The model call that is open, or to be repeated, summarises, and why. */
  readonly compacting?: 'near' | 'asked' | 'needed';
  /** The turn of the last compaction. */
  readonly compactedAt?: number;
  /** What the open model call may consume; zero while none is open. */
  readonly reserved: { readonly tokens: number; readonly costMicros: number };
}

/** A stretch of turns under one set of limits. */
export interface SegmentState {
  /** 1 for the first. */
  readonly number: number;
  readonly limits: Limits;
  readonly turns: number;
  readonly tokens: number;
  /** null once a call had no known price. */
  readonly costMicros: number | null;
  /** Pauses, and waiting for people, move it on: they count for no limit. */
  readonly startedAt: number;
  /** Limits that were warned of. */
  readonly warned: readonly LimitName[];
}

/**
 * new ──▶ asking (waits for a yes, or is `ask_user`) ──▶ ready ──▶ running ──▶ answered
 *                                                          ▲          │
 *                                                       resting ◀─────┘ (the machinery failed)
 */
export interface CallState {
  readonly call: ToolCall;
  readonly status: 'new' | 'asking' | 'ready' | 'running' | 'resting' | 'answered';
  /** Failures of the machinery so far. */
  readonly infra: number;
  /** The arguments that a person put in place of the model's. */
  readonly edited?: SuppliedValue;
  /** The epoch in which the model asked for it, where it is not the run's: it is part of the idempotency key. */
  readonly epoch?: string;
  readonly answer?: { readonly output: SuppliedValue; readonly isError: boolean };
  /** A person has said yes to the edit of the plan that it proposes. */
  readonly approved?: true;
}

/** A question that waits for its answers. */
export interface QuestionState extends Question {
  readonly answers: readonly Answer[];
  /** Name of the timer that ends it, or null. */
  readonly timer: string | null;
}

/** none ──▶ opening ──▶ ready ──(its worker is lost)──▶ opening (from git) | failed; of a closed run: forgotten */
export interface WorkspaceState {
  readonly status: 'opening' | 'ready' | 'failed' | 'forgotten';
  readonly generation: number;
  /** Of a start by hand: tells its directories from those of another start under the same id. */
  readonly branch?: string;
  readonly path: string | null;
  readonly queue: string | null;
  readonly commit: string | null;
  readonly readyAt: number | null;
  /** Failures of the machinery while opening. */
  readonly infra: number;
  readonly error?: StepError;
  /** The newest of its files; absent: no worker has told of any. */
  readonly snapshot?: TakenSnapshot;
  /** The files that it is to have when it is made, or set back; absent: those that it begins with. */
  readonly wanted?: WantedFiles;
}

/** What all model calls of the run consumed, for the run's limits. */
export interface SpentState {
  readonly limits: Limits;
  readonly turns: number;
  readonly tokens: number;
  readonly costMicros: number | null;
  /** Pauses move it on: they count for no limit. */
  readonly startedAt: number;
  /** Of any one call so far: what the next is expected to take. Zero while no call has answered. */
  readonly largest: { readonly tokens: number; readonly costMicros: number };
  readonly warned: readonly LimitName[];
}

interface PauseState {
  readonly requestedAt: number;
  readonly reason: string | null;
  readonly by: string | null;
  readonly mode: PauseMode;
  /** Steps that something was under way of when it was asked for. */
  readonly busy: number;
  /** Those of them that have not come to rest yet. */
  readonly waitsFor: readonly Address[];
  /** Nothing is under way any more. */
  readonly holds: boolean;
  /** Clocks that stand still meanwhile. */
  readonly frozen: readonly FrozenTimer[];
  readonly onTimeout: PauseEnd;
  /** Name of the timer that ends it, or null. */
  readonly timer: string | null;
}

/** A timer that was stopped with this much left, in ms. `id`: the name it had. */
export interface FrozenTimer {
  readonly id: string;
  readonly for: TimerPurpose;
  readonly step: Address | null;
  readonly leftMs: number;
}

/**
 * A message that agents have yet to read, or to answer:
 *
 *     waiting ──(a turn begins with it)──▶ read ──(that or a later turn has answered)──▶ answered
 *
 * It leaves the inbox when it was answered by, or can no longer reach, each of its recipients.
 */
export interface InboxMessage {
  /** Its id, else a serial number. */
  readonly key: string;
  readonly id: string | null;
  readonly by: string | null;
  readonly text: string;
  /** A step's address or an agent's name; null: whoever is at work. */
  readonly target: string | null;
  readonly delivery: Delivery;
  /** Name of the timer that ends it, or null. */
  readonly timer: string | null;
  /** null: nobody was at work, the first agent that fits gets it. */
  readonly recipients: readonly Recipient[] | null;
  /** Somebody has answered it. */
  readonly answered: boolean;
}

export interface Recipient {
  readonly step: Address;
  /** The turn that began with it; null = it waits. */
  readonly turn: number | null;
}

/** stopping ──(nothing is open)──▶ starting ──(the other run is there)──▶ started */
interface RedirectState {
  readonly status: 'stopping' | 'starting' | 'started';
  /** The other run's id. */
  readonly to: string;
  readonly handover: Redirected;
  /** What the other run is started with. */
  readonly inputs: JsonObject;
}

/** Why an activity is stopped although its step goes on. */
export type AbortReason = 'pause' | 'message';

export interface RunState {
  readonly interpreter: number;
  /**
   * loading: no plan yet (an operator started it, or the plan is large); running: steps go;
   * outputs: all steps are settled, an activity puts the output together; cancelling: everything open is being
   * stopped; closed: a close action was given.
   */
  readonly phase: 'loading' | 'running' | 'outputs' | 'cancelling' | 'closed';
  readonly run: { readonly id: string; readonly workflow: string; readonly epoch: string };
  readonly plan: Plan | null;
  /** How often the plan was edited; absent: never. */
  readonly revision?: number;
  /** Steps that other steps have proposed; absent: none. */
  readonly gained?: Gained;
  /** What the loader is asked for while there is no plan. */
  readonly planSource: LoadPlanInput | null;
  readonly inputs: JsonObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly startedBy: string | null;
  readonly startedAt: number;
  readonly steps: Readonly<Record<Address, StepState>>;
  /** What steps run inside, by address; absent while there is nothing. */
  readonly scopes?: Readonly<Record<Address, ScopeState>>;
  readonly paused: PauseState | null;
  /** The first failure nobody tolerated: with `failure: fast` it stops what is not asked for by status. */
  readonly failure: { readonly step: Address; readonly error: StepError } | null;
  readonly cancel: {
    readonly reason: string | null;
    readonly by: string | null;
    /** Temporal's own request has arrived. */
    readonly requested: boolean;
    readonly terminal: TerminalReason;
  } | null;
  /** Where the run goes on when it is cancelled for that. */
  readonly redirect: RedirectState | null;
  /** What every agent is told after its prompt: the new task of a run that another was redirected to. */
  readonly briefing: Appended | null;
  readonly inbox: readonly InboxMessage[];
  /** Serial number for messages that came without an id. */
  readonly messageSeq: number;
  /** Open activities that were asked to stop although their step goes on: by a pause, or to hear a message. */
  readonly aborting: Readonly<Record<string, AbortReason>>;
  /** Open questions by id. */
  readonly questions: Readonly<Record<string, QuestionState>>;
  readonly workspace: WorkspaceState | null;
  readonly spent: SpentState;
  /** What a closed run is to go on with, until its plan is there. */
  readonly continuation: Continuation | null;
  /** The id of an operator's start, until the plan's loader has said which version makes an epoch of it. */
  readonly firstExecutionId: string | null;
  /** What a redirected run has handed over, until the plan is there. */
  readonly redirected: Redirected | null;
  /** Activities under way, by their ids. */
  readonly open: Readonly<Record<string, Owner>>;
  /** Timers under way: id → what for, and when (ms since 1970), so that continue-as-new can set them again. */
  readonly timers: Readonly<Record<string, Timer>>;
  /** Ids of commands that counted, each with a digest of what it said, oldest first, bounded. */
  readonly seen: readonly string[];
  /** Serial number for timers. */
  readonly timerSeq: number;
  /** While set, nothing new starts, so that the execution can continue as new; a timer of this name gives up. */
  readonly drain: string | null;
  /** No further drain before history has this many events. */
  readonly nextDrainAt: number;
  /** Attempts of the `outputs` activity. */
  readonly outputAttempt: number;
}

export interface Timer {
  readonly for: TimerPurpose;
  readonly step: Address | null;
  readonly dueAt: number;
}

export { isSettled } from '../../../protocol/status.ts';
export type { LimitName, StepStatus };

/** A step that nothing has been done of. */
export function newStep(): StepState {
  return { status: 'pending', attempt: 0, group: 0, infra: 0, startedAt: null, completedAt: null };
}

/** True for a step that succeeded, or failed without anybody minding. */
export function isGood(step: StepState): boolean {
  return step.status === 'completed' || (step.status === 'failed' && step.tolerated === true);
}
