/**
 * What a model says while it says it: from the worker that asks to whoever watches the run.
 *
 * Apart from everything durable: pieces may fall out or get lost, and are told by their offsets; the message that is
 * stored in the end replaces them. Writing never fails and never waits.
 */
import type { Masking } from './coalescer.ts';

/** Whose answer it is. */
export interface CallAddress {
  readonly runId: string;
  readonly step: string;
  readonly attempt: number;
  readonly turn: number;
}

/** Where the message stands that an answer has become. */
export interface StoredMessage {
  readonly session: string;
  readonly head: string;
}

export interface StreamEvent extends Omit<CallAddress, 'runId'> {
  /** Grows over all that is told of the run; never comes again. */
  readonly position: number;
  /**
   * `token`: a piece as the vendor sent it; `chunk`: several joined; `reset`: what was told of this turn before is void;
   * `end`: the message is stored.
   */
  readonly type: 'token' | 'chunk' | 'reset' | 'end';
  readonly content: string;
  /** UTF-16 units of the call's text before this piece. */
  readonly offset: number;
  readonly timestamp: Date;
  /** Of `end` only. */
  readonly message: StoredMessage | null;
}

/** The stream of one model call. */
export interface CallStream {
  /** Text as it comes. */
  push(text: string): void;
  /** Tells that the answer is stored; without it, the call has failed. */
  end(message: StoredMessage): void;
}

export interface Streamer {
  /** Begins a call; if anything was told of the same turn before, it is void. */
  begin(call: CallAddress, masking: Masking): CallStream;
  /** The next events of a run after a position, in order; at most {@link PAGE}. @throws when the store is away */
  read(runId: string, after: number): Promise<readonly StreamEvent[]>;
  /** Calls `ring` whenever there may be something new of the run, until the function it answers is called. */
  watch(runId: string, ring: () => void): () => void;
  /** Forgets turns of which nothing was told for so long; answers how many pieces. @throws when the store is away */
  clean(minutes: number): Promise<number>;
  /** Writes what waits, for at most a second. */
  close(): Promise<void>;
}

/** Most events of one read. */
export const PAGE = 500;

/** Characters that are kept of a turn; the older ones fall out. */
export const RING = 256 * 1024;
