/** One call of a use case: who it is from, and what the way by which it came has to be told meanwhile. */
import type { Caller } from './caller.ts';
import type { Facts } from './audit/trail.ts';

export interface Call {
  readonly caller: Caller;
  /**
   * Until when (`performance.now()`) an answer is wanted though the tables do not show yet what was done. What has to be
   * read from them, such as a receipt, is waited for longer.
   */
  readonly answerBy: number;
  /** The span that it is made in, as W3C's header has it; what it starts is a part of that trace. */
  readonly traceparent?: string | undefined;
  /** Where its change is recorded; what only reads has none. */
  readonly record?: CallRecord | undefined;
  /** Told once its work is done and the rest of it is waiting, so that its place may be somebody else's. */
  readonly rest: () => void;
}

/** What a use case does with the record of its call. Whoever made the call ends it. */
export interface CallRecord {
  /** Writes it before the effect. @throws UnavailableError: then nothing may be done */
  begin(): Promise<void>;
  /** Adds what is known now. */
  note(facts: Facts): void;
}
