/** What one page of a history amounts to: raw events, changed rows, and how far the execution has been folded. */
import type { Span } from '../tracing/span.ts';
import type { Changes } from './fold/rows.ts';

/** An event's bytes with what can be searched for. */
export interface RawEvent {
  readonly eventId: number;
  readonly type: string;
  /** ISO text. */
  readonly at: string;
  readonly bytes: Buffer;
}

/** An execution that somebody came across. */
export interface FoundExecution {
  readonly executionId: string;
  readonly runId: string;
  readonly workflowType: string;
  /** ISO text; executions of a run are folded in this order. */
  readonly startedAt: string;
}

/** An activity that has ended, so that what was observed of it is forgotten. */
interface EndedActivity {
  readonly runId: string;
  readonly activityId: string;
}

export interface PageWrite {
  readonly runId: string;
  readonly executionId: string;
  /** Last event id before this page. */
  readonly cursorFrom: number;
  readonly cursorTo: number;
  readonly firstExecutionId: string | null;
  readonly isReset: boolean;
  readonly closeStatus: string | null;
  readonly closedAt: string | null;
  readonly successorId: string | null;
  readonly rawEvents: readonly RawEvent[];
  readonly changes: Changes;
  /** The execution that follows by itself. */
  readonly successor: FoundExecution | null;
  /** Runs that this one has started. */
  readonly children: readonly FoundExecution[];
  readonly ended: readonly EndedActivity[];
  /** Of what has come to its end; none where nobody wants them. */
  readonly spans: readonly Span[];
  /** Time of the newest event in ms since 1970, for the lag. */
  readonly newestMs: number;
}
