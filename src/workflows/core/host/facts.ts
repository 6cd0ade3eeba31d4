/**
 * What comes back from Temporal, as facts: the same whether a host reads it from an exception of the SDK or from an event
 * of the history.
 */
import type { RawFailure } from '../../../protocol/failure.ts';
import type { Fact } from '../kernel/contract.ts';

/** Temporal's type for the failure of what a reset has cut off. */
const RESET = 'ResetWorkflow';
/** Temporal's name for why a run was not started. */
const ALREADY_EXISTS = 'WORKFLOW_ALREADY_EXISTS';

/** What a failure of an activity says, as far as hosts can read it. */
export interface SeenFailure {
  readonly message: string;
  /** It ran out of time; `type` undefined: of which, nobody knows. */
  readonly timeout?: { readonly type: TimeoutType | undefined } | undefined;
  /** It was thrown by the activity, or by Temporal in its name. */
  readonly application?: { readonly type: string; readonly details: unknown } | undefined;
  /** A reset has cut it off, and says so otherwise than by its type. */
  readonly isReset?: boolean;
}

type TimeoutType = Extract<RawFailure, { readonly kind: 'timeout' }>['timeout'];

export function failureOf({ message, timeout, application, isReset }: SeenFailure): RawFailure {
  if (timeout !== undefined) return { kind: 'timeout', timeout: timeout.type ?? 'START_TO_CLOSE', message };
  if (isReset === true || application?.type === RESET) return { kind: 'reset', message };
  return application === undefined
    ? { kind: 'other', message }
    : { kind: 'application', message, ...application };
}

/**
 * What became of a run that was asked for. One that is there already is the one: its id comes from the message that asked
 * for it, and the workflow's task was repeated.
 *
 * @param refusal Temporal's name for why it was not started, or whatever else is known; null: it was
 */
export function runAnswered(id: string, refusal: string | null): Fact {
  return refusal === null || refusal === ALREADY_EXISTS
    ? { type: 'successor_started', id }
    : { type: 'successor_refused', id, reason: refusal };
}
