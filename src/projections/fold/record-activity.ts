/** What single activity events tell before the workflow has looked at them: who works, since when, what it consumed. */
import { previewOf } from '../../protocol/values.ts';
import type { Json } from '../../plan/json.ts';
import type { StepResult } from '../../protocol/values.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { AttemptRow } from './rows.ts';
import { timeOf } from './rows.ts';
import type { Place } from './run-rows.ts';
import { afterCall, describeUsage, sessionIn, usageIn, whole } from './usage.ts';
import { present } from './view.ts';
import type { View } from './view.ts';

/** A step's address as an activity id has it. */
export interface AttemptAddress {
  readonly step: string;
  readonly attempt: number;
}

/** `key#attempt`; null for activities that are no step's (`plan`, the outputs). */
export function parseActivityId(id: string): AttemptAddress | null {
  const mark = id.lastIndexOf('#');
  const attempt = Number(id.slice(mark + 1));
  return mark <= 0 || id.startsWith('$') || !Number.isInteger(attempt)
    ? null
    : { step: id.slice(0, mark), attempt };
}

/** @param activityId what the event speaks of */
export function recordActivity(
  view: View,
  place: Place,
  event: RecordedEvent,
  activityId: string | undefined,
): void {
  const address = activityId === undefined ? null : parseActivityId(activityId);
  if (address === null || !view.rows.steps.has(address.step)) return;
  const { step, attempt } = address;
  if (event.kind === 'activity_scheduled') {
    if (view.rows.attempt(step, attempt) === undefined) view.rows.addAttempt(step, attempt, event.timeMs, {});
    return;
  }
  const row = view.rows.attempt(step, attempt);
  if (row === undefined) return;
  const at = timeOf(event.timeMs);
  switch (event.kind) {
    case 'activity_started':
      return view.rows.changeAttempt(row, { started_at: at, worker: event.identity });
    case 'activity_completed':
      view.rows.changeAttempt(row, { status: 'completed', completed_at: at });
      return recordCall(view, place, row, event.result, resultPreview(event.result));
    case 'activity_failed':
      view.rows.changeAttempt(row, { status: 'failed', completed_at: at });
      if (event.failure.kind === 'application') recordCall(view, place, row, event.failure.details, null);
      return;
    case 'activity_cancelled':
      return view.rows.changeAttempt(row, { status: 'cancelled', completed_at: at });
    default:
  }
}

/** A model call has ended, well or not, when the activity's words carry usage. */
function recordCall(view: View, place: Place, row: AttemptRow, words: unknown, preview: string | null): void {
  const step = view.rows.steps.get(row.step);
  if (step === undefined) return;
  const session = sessionIn(words);
  if (session !== null) {
    view.rows.changeStep(step, { session_id: session.id });
    view.rows.changeRun(place.timeMs, { session_id: session.id, session_name: session.name });
  }
  const usage = usageIn(words);
  if (usage === null) return;
  view.rows.changeAttempt(row, { usage });
  view.rows.changeStep(step, afterCall(step, usage));
  const { run } = view.rows;
  view.rows.changeRun(place.timeMs, {
    ...afterCall(run, usage),
    cache_read_tokens: run.cache_read_tokens + whole(usage.cacheReadTokens),
    cache_write_tokens: run.cache_write_tokens + whole(usage.cacheWriteTokens),
    reasoning_tokens: run.reasoning_tokens + whole(usage.reasoningTokens),
  });
  view.rows.addEvent(place, {
    type: 'llm_complete',
    step: row.step,
    attempt: row.attempt,
    data: present({
      provider: usage.provider,
      model: usage.model,
      usage: describeUsage(usage),
      duration_ms: whole(usage.durationMs),
      finish_reason: usage.finishReason ?? null,
      preview,
      failed: preview === null ? true : null,
    }),
    causedBy: view.causes.ofAttempt(row.step),
  });
}

function resultPreview(output: unknown): string {
  const { result } = (output ?? {}) as { result?: Partial<StepResult> };
  return typeof result?.preview === 'string' ? result.preview : previewOf((output ?? null) as Json);
}
