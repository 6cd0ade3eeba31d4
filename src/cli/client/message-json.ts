/** A message of a run's thread, and what the API answers to one, as far as the CLI looks at them. */
import type { FormJson } from './api-types.ts';

export interface MessageJson {
  readonly seq: number;
  readonly message_id: string | null;
  readonly message_type: string;
  readonly action_type: string | null;
  readonly action_status: string;
  readonly content: string | null;
  /** Why it was ignored, in words. */
  readonly reason: string | null;
  /** The same for machines. */
  readonly reason_code: string | null;
  readonly author: string | null;
  readonly step: string | null;
  readonly agent: string | null;
  readonly metadata: MessageMetadata | null;
  /** Agents that have it in their session. */
  readonly readers: readonly ReaderJson[];
  /** Number of the newest event that changed it. */
  readonly updated_seq: number;
  readonly created_at: string;
  readonly processed_at: string | null;
}

export interface ReaderJson {
  readonly step: string;
  readonly agent: string | null;
  readonly turn: number;
  /** acknowledged, or processed: it has answered. */
  readonly status: string;
  readonly at: string;
}

/** What the message asked for besides, where it was given; of a question, what an answer takes. */
export interface MessageMetadata {
  readonly context?: string;
  readonly target?: string;
  readonly delivery?: string;
  readonly replaces?: string;
  /** Of a withdrawal: id of the message that is taken back. */
  readonly message?: string;
  readonly mode?: string;
  readonly task?: string;
  readonly skip_to?: string;
  readonly question?: string;
  readonly form?: FormJson | null;
  /** An operator has done it in Temporal. */
  readonly temporal?: boolean;
  readonly call?: unknown;
  readonly status?: string;
}

/** What the API says to a message. */
export interface MessageAnswer {
  readonly messageId: string;
  /** In words. */
  readonly actionTaken: string;
  /** null: the run has not come to it yet. */
  readonly message: MessageJson | null;
  readonly run_id: string;
  /** Of a redirect, once it is known. */
  readonly newRunId?: string | null;
}

const SETTLED: ReadonlySet<string> = new Set(['processed', 'ignored']);

/** Nothing more will become of the message. */
export const isSettled = ({ action_status: status }: MessageJson): boolean => SETTLED.has(status);
