/**
 * Ids of traces and spans, derived from what they are of: the same thing has the same id whoever asks, whenever and however
 * often. So a worker knows the id of a span that the projector makes later, parents need not be sent before their children,
 * and what is sent a second time can be told.
 *
 * These ids are out in the world: how they are made never changes.
 */
import { createHash } from 'node:crypto';

/** Of a run whose start named no trace. 32 hexadecimal digits. */
export function traceIdOf(runId: string): string {
  return digest('trace', runId).slice(0, 32);
}

/** Of one branch of a run: 0 is what it was started as. 16 hexadecimal digits, as of all spans. */
export function runSpanId(runId: string, epoch: number): string {
  return spanId('run', runId, epoch);
}

/** @param life how often the step had settled in this epoch, and was run anew, before */
export function stepSpanId(runId: string, epoch: number, step: string, life: number): string {
  return spanId('step', runId, epoch, step, life);
}

/** Of an attempt that is no activity of its own: of an agent, and of what the workflow does itself. */
export function attemptSpanId(runId: string, epoch: number, step: string, attempt: number): string {
  return spanId('attempt', runId, epoch, step, attempt);
}

/**
 * Of an activity: the attempt of a step, a model call, a call of a tool.
 *
 * @param executionId Temporal's, of the execution that has scheduled it
 * @param activityId Temporal's: `build#1`, `code#1/3`, `code#1/3.0`
 */
export function activitySpanId(executionId: string, activityId: string): string {
  return spanId('activity', executionId, activityId);
}

function spanId(...parts: readonly (string | number)[]): string {
  return digest(...parts).slice(0, 16);
}

/** All zero would be no id: of 2^64 digests it is one. */
function digest(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
