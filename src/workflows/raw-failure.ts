import { ActivityFailure, ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/workflow';
import type { RawFailure } from '../protocol/failure.ts';
import { failureOf } from './core/index.ts';

/** What an activity's failure says, without the SDK's classes. */
export function rawFailure(error: unknown): RawFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure)
    return failureOf({ message: cause.message, timeout: { type: cause.timeoutType } });
  if (cause instanceof ApplicationFailure) {
    const { message, type, details } = cause;
    return failureOf({ message, application: { type: type ?? '', details: details?.[0] } });
  }
  return failureOf({ message: cause instanceof Error ? cause.message : String(cause) });
}

/** What an activity that was cancelled still said; null when it said nothing, or was never sent. */
export function lastWords(error: unknown): unknown {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof CancelledFailure ? (cause.details[0] ?? null) : null;
}
