/**
 * Signals that a run understands. Each takes one message; `messages` takes the API's batch `{messages: [...]}`.
 *
 * Everything else, and everything malformed, becomes a refusal on record and leaves the run unharmed.
 */
import type { Address } from '../plan/address.ts';
import type { Json } from '../plan/json.ts';
import type { Plan } from '../plan/plan.ts';
import { EDIT_CODES } from './plan-edit.ts';

export const COMMANDS = [
  'comment',
  'instruction',
  'pause',
  'resume',
  'cancel',
  'redirect',
  'answer',
  'withdraw',
  'compact',
  'edit',
  'skip',
  'retry_now',
  'stop_retrying',
  'hold',
  'release',
  'override',
  'set_limits',
  'checkpoint',
] as const;
export type CommandName = (typeof COMMANDS)[number];

export const BATCH_SIGNAL = 'messages';
/** Most messages in one batch. */
export const MAX_BATCH = 100;
/** Longest text (`content`, `reason`, `context`, `task`) of one message in characters. */
export const MAX_MESSAGE_CHARS = 16_384;
/** Longest label of a checkpoint in characters. */
export const MAX_LABEL_CHARS = 200;
/** Longest id and name in characters. */
export const MAX_ID_CHARS = 200;
/** Longest a pause, or a message that expires, may wait: a year, in ms. */
export const MAX_WAIT_MS = 365 * 24 * 60 * 60_000;

export const DECISIONS = ['approve', 'edit', 'reject'] as const;
export type Decision = (typeof DECISIONS)[number];

/**
 * `after_step`: what runs comes to the end of its step. `after_turn`: agents stop after the turn under way. `now`: what
 * runs is stopped; a model's partial answer is kept.
 */
export const PAUSE_MODES = ['after_step', 'after_turn', 'now'] as const;
export type PauseMode = (typeof PAUSE_MODES)[number];
/** What a pause is that names no mode: the next safe point. */
export const DEFAULT_PAUSE_MODE: PauseMode = 'after_turn';
/** How an open run comes to rest before it is set back. */
export const RESTORE_MODES = ['drain', 'abort'] as const;
export type RestoreMode = (typeof RESTORE_MODES)[number];

/** What happens when a pause has lasted as long as it may. */
export const PAUSE_ENDS = ['resume', 'cancel'] as const;
export type PauseEnd = (typeof PAUSE_ENDS)[number];
/** What it is by a signal to a run of the interpreter's first version. */
export const FORMER_PAUSE_MODE: PauseMode = 'after_step';

/** When an agent gets an instruction: before its next model call, or at once, stopping what it does. */
export const DELIVERIES = ['next_turn', 'interrupt'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** Why a message was ignored, for machines. */
export const IGNORED_CODES = [
  /** It is no message, or says something impossible. */
  'malformed',
  /** It makes no sense now: a resume of a run that is not paused. */
  'refused',
  'run_closed',
  /** Its agent had ended, or ended before it could read it. */
  'target_gone',
  'unknown_target',
  'superseded',
  'withdrawn',
  'expired',
  /** Its id was used before, for another message. */
  'id_reused',
  /** Too many messages wait to be read. */
  'inbox_full',
  /** An edit was made of another revision of the plan than the run has. */
  'stale_revision',
  ...EDIT_CODES,
  'step_ended',
  'step_not_ended',
  /** It waits for no further try, and there will be none. */
  'step_not_retrying',
  /** Others have read the step's result. */
  'step_read',
] as const;
export type IgnoredCode = (typeof IGNORED_CODES)[number];

/** One message as it travels in a signal. Operators may leave out everything. */
export interface SignalMessage {
  /** Client-made; counts once. Without it the signal counts by itself. */
  readonly id?: string;
  /** Needed in a batch; elsewhere the signal's name says it. */
  readonly action?: CommandName;
  /** What is said. `reason` means the same and is read where `content` is absent. */
  readonly content?: string;
  readonly reason?: string;
  /** Who says so, for people. */
  readonly by?: string;
  /** instruction, resume, redirect: more that agents should know. */
  readonly context?: string;
  /** instruction, comment, resume with context: a step's address or an agent's name; absent = the agents at work. compact and the commands on a single step: a step's address. */
  readonly target?: Address;
  /** instruction only; default `next_turn`. */
  readonly delivery?: Delivery;
  /** instruction only: ms after which it is ignored if no agent has read it. */
  readonly expires_ms?: number;
  /** instruction only: id of an earlier one that nobody has read, in whose place it comes. */
  readonly replaces?: string;
  /** withdraw only: id of an instruction that nobody has read. */
  readonly message?: string;
  /** pause only; default {@link DEFAULT_PAUSE_MODE}. */
  readonly mode?: PauseMode;
  /** pause only: ms until it ends by itself; 0 = never. */
  readonly timeout_ms?: number;
  /** pause only: what happens then. */
  readonly on_timeout?: PauseEnd;
  /** redirect only: the new task; default `content`. It also becomes the input `task` where the workflow has one. */
  readonly task?: string;
  /** redirect only: the step, or the agent, to begin with. */
  readonly skip_to?: string;
  /** redirect only: inputs that change. */
  readonly inputs?: Readonly<Record<string, Json>>;
  /** answer only: id of the question. */
  readonly question?: string;
  /** answer only: what fits the question's form; for a tool call that is edited, its new arguments. */
  readonly answer?: Json;
  /** edit only: the revision of the plan that it was made of; absent = whatever the run has. */
  readonly revision?: number;
  /** edit only: the whole plan that the run is to have; with `rerun` absent = the one that it has. */
  readonly plan?: Plan;
  /** edit only: steps that are to run anew, with all that depends on them. */
  readonly rerun?: readonly Address[];
  /** answer only: to a tool call that waits for a yes. `reason` goes to the agent when it is rejected. */
  readonly decision?: Decision;
  /** skip, override only: the step's result. Of `skip` it may be left out. */
  readonly value?: Json;
  /** set_limits only: what the run, or the agent of `target`, may use up in all. */
  readonly max_turns?: number;
  readonly max_tokens?: number;
  readonly max_cost_usd?: number;
  /** set_limits only: `30m`, or ms. */
  readonly max_duration?: string | number;
}

/** What a message says, for people. */
export function textOf({ content, reason }: Pick<SignalMessage, 'content' | 'reason'>): string | null {
  return content ?? reason ?? null;
}
