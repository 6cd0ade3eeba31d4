/**
 * What a model says while it says it: from the worker that asks to whoever watches the run.
 *
 * Apart from everything durable: pieces may fall out or get lost, and are told by their offsets; the message that is
 * stored in the end replaces them. Writing never fails and never waits.
 */
import type { Address } from '../plan/address.ts';

/** Whose answer it is. */
export interface CallAddress {
  readonly runId: string;
  readonly step: Address;
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
   * `end`: nothing follows, and the stored message replaces the pieces.
   */
  readonly type: 'token' | 'chunk' | 'reset' | 'end';
  readonly content: string;
  /** UTF-16 units of the call's text before this piece. */
  readonly offset: number;
  readonly timestamp: Date;
  /** Of `end` only. Null when nothing of an interrupted answer could be kept: the pieces are void. */
  readonly message: StoredMessage | null;
  /** Of `end` only: the call was stopped, the message holds what had come. */
  readonly interrupted: boolean;
}

export interface Masking {
  /** Replaces every secret in a text. */
  readonly mask: (text: string) => string;
  /** How many characters at the end of a text may be the beginning of a secret. */
  readonly torn: (text: string) => number;
}

/** The stream of one model call. */
export interface CallStream {
  /** Text as it comes. */
  push(text: string): void;
  /** Tells that the answer is stored; without it, and without {@link interrupt}, the call has failed. */
  end(message: StoredMessage): void;
  /** Tells that the call was stopped, and where what had come is stored. */
  interrupt(partial: StoredMessage | null): void;
}

export interface Streamer {
  /** Begins a call; if anything was told of the same turn before, it is void. */
  begin(call: CallAddress, masking: Masking): CallStream;
  /** The next events of a run after a position, in order; at most {@link PAGE}. @throws when the store is away */
  read(runId: string, after: number): Promise<readonly StreamEvent[]>;
  /** Calls `ring` whenever there may be something new of the run, until the function it answers is called. */
  watch(runId: string, ring: () => void): () => void;
  /** Writes what waits, for at most a second, and lets go of connections of its own. */
  close(): Promise<void>;
}

/** Most events of one read. */
export const PAGE = 500;

/** Characters that are kept of a turn; the older ones fall out. */
export const RING = 256 * 1024;
