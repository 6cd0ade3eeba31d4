/**
 * An errand: an activity of a Temporal worker that is none of Baton's does a step. It is an execution of its own, whose
 * workflow calls that activity once; its workflow id comes from the idempotency key of the work.
 */
import type { Json } from '../../plan/json.ts';

/** Its workflow type: no definition can have this name. */
export const ERRAND = '$errand';

export const errandId = (idempotencyKey: string): string => `${ERRAND}/${idempotencyKey}`;

export interface Errand {
  readonly taskQueue: string;
  readonly activity: string;
  /** For Temporal's Web UI. */
  readonly summary: string;
  readonly timeoutMs: number;
  readonly heartbeatMs: number | null;
  readonly request: ErrandRequest;
}

/** What the activity gets: its one argument, as people of other languages read it. */
export interface ErrandRequest {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** The same for every repetition of this work by the machinery. */
  readonly idempotency_key: string;
  /** ISO text in UTC: after this nobody waits for it any more. */
  readonly deadline: string;
  /** The span of the attempt (W3C Trace Context), where it is told. */
  readonly traceparent?: string;
  readonly input: Json;
}

/** How it ended, where another try under the same key would not be the same work. */
export type ErrandOutcome =
  | { readonly status: 'completed'; readonly result: unknown }
  | {
      readonly status: 'failed';
      readonly message: string;
      /** Trying again cannot help. */
      readonly isFinal: boolean;
      readonly data: unknown;
    };

/** Type of the failures by which an activity says that its machinery failed, and not the work. */
export const INFRA_FAILURE = 'INFRA_ERROR';
