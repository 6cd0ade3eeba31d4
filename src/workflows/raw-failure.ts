import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import type { RawFailure } from '../protocol/failure.ts';

const RESET = 'ResetWorkflow';

/** What an activity's failure says, without the SDK's classes: the same as the fold reads from the event. */
export function rawFailure(error: unknown): RawFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) {
    const { timeoutType, message } = cause;
    return { kind: 'timeout', timeout: timeoutType ?? 'START_TO_CLOSE', message };
  }
  if (cause instanceof ApplicationFailure) {
    if (cause.type === RESET) return { kind: 'reset', message: cause.message };
    const [details] = cause.details ?? [];
    return { kind: 'application', type: cause.type ?? '', message: cause.message, details };
  }
  return { kind: 'other', message: cause instanceof Error ? cause.message : String(cause) };
}

/** What an activity that was cancelled still said; null when it said nothing, or was never sent. */
export function lastWords(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof CancelledFailure ? (cause.details[0] ?? null) : null;
}
