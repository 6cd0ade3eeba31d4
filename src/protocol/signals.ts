/**
 * Signals that a run understands. Each takes one message; `messages` takes the API's batch `{messages: [...]}`.
 *
 * Everything else, and everything malformed, becomes a refusal on record and leaves the run unharmed.
 */
import type { Json } from '../plan/json.ts';

export const COMMANDS = ['pause', 'resume', 'cancel', 'answer'] as const;
export type CommandName = (typeof COMMANDS)[number];

export const BATCH_SIGNAL = 'messages';
/** Most messages in one batch. */
export const MAX_BATCH = 100;
/** Longest text (`reason`, `content`) of one message in characters. */
export const MAX_MESSAGE_CHARS = 16_384;

export const DECISIONS = ['approve', 'edit', 'reject'] as const;
export type Decision = (typeof DECISIONS)[number];

/** One message as it travels in a signal. Operators may leave out everything. */
export interface SignalMessage {
  /** Client-made; counts once. Without it the signal counts by itself. */
  readonly id?: string;
  /** Needed in a batch; elsewhere the signal's name says it. */
  readonly action?: CommandName;
  readonly reason?: string;
  /** Who says so, for people. */
  readonly by?: string;
  /** pause only: agents at work go on to the end of their step, or stop after the turn under way. */
  readonly mode?: 'after_step' | 'after_turn';
  /** pause only: ms until it ends by itself; 0 = never. */
  readonly timeout_ms?: number;
  /** pause only: what happens then. */
  readonly on_timeout?: 'resume' | 'cancel';
  /** answer only: id of the question. */
  readonly question?: string;
  /** answer only: what fits the question's form; for a tool call that is edited, its new arguments. */
  readonly answer?: Json;
  /** answer only: to a tool call that waits for a yes. `reason` goes to the agent when it is rejected. */
  readonly decision?: Decision;
}
