/**
 * Model calls: a row from the moment its activity is scheduled, and the sums over them.
 *
 * The figures of run, step, attempt and segment are sums over the calls' rows, the failed and aborted ones included,
 * and move with each call's own event. A call whose worker died is there without figures: what it consumed shows with
 * the attempt that finds its answer stored. An answer that was counted before, as after a reset, is not counted again.
 */
import { previewOf } from '../../../protocol/values.ts';
import type { Json } from '../../../plan/json.ts';
import type { RawFailure } from '../../../protocol/failure.ts';
import { NOTHING_USED } from '../../../protocol/usage.ts';
import type { ModelUsage } from '../../../protocol/usage.ts';
import type { ActivityAddress } from '../activity-id.ts';
import type { CallRow } from '../../../tables/projected/llm-calls.ts';
import type { Recorded, RecordedEvent } from '../recorded-event.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { countInSegment, segmentNumber } from '../rows/segments.ts';
import {
  afterCall,
  askedIn,
  describeUsage,
  memberOf,
  sessionIn,
  told,
  usageIn,
  whole,
} from '../record/usage.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { wholeMessage } from '../record/whole-values.ts';

/** The place of a model call. */
export type TurnAddress = ActivityAddress & { readonly turn: number; readonly index: null };

export function isTurn(address: ActivityAddress): address is TurnAddress {
  return address.turn !== null && address.index === null;
}

const UNKNOWN = {
  model: null,
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  reasoning_tokens: null,
  total_tokens: null,
  cost_estimate: null,
  price_version: null,
  first_token_ms: null,
  duration_ms: null,
  finish_reason: null,
  usage_note: null,
} as const satisfies Partial<CallRow>;

/** A call's activity was scheduled. */
export function beginCall(
  view: View,
  activityId: string,
  { step, attempt, turn }: TurnAddress,
  { input, timeMs }: Pick<Recorded<'activity_scheduled'>, 'input' | 'timeMs'>,
): void {
  const { run, steps } = view.rows;
  const session = memberOf(memberOf(input, 'session'), 'ref');
  view.rows.addCall(activityId, {
    run_id: run.id,
    step,
    epoch: run.epoch,
    attempt,
    turn,
    segment: segmentNumber(steps.get(step)),
    purpose: memberOf(input, 'compact') === undefined ? 'turn' : 'compaction',
    status: 'running',
    replayed: false,
    session_id: sessionIn({ session })?.id ?? null,
    ...askedFor(memberOf(input, 'model')),
    ...UNKNOWN,
    error: null,
    worker: null,
    started_at: timeOf(timeMs),
    completed_at: null,
  });
}

/** `provider/model`; null when the worker's default was asked for. */
function askedFor(model: unknown): Pick<CallRow, 'provider' | 'requested_model'> {
  if (typeof model !== 'string') return { provider: null, requested_model: null };
  const slash = model.indexOf('/');
  return slash < 0
    ? { provider: null, requested_model: model }
    : { provider: model.slice(0, slash), requested_model: model.slice(slash + 1) };
}

/** What became of a call. */
export function recordCall(view: View, place: HistoryPlace, activityId: string, event: RecordedEvent): void {
  const call = view.rows.calls.get(activityId);
  if (call === undefined) return;
  switch (event.kind) {
    case 'activity_started':
      return view.rows.changeCall(call, { started_at: timeOf(event.timeMs), worker: event.identity });
    case 'activity_completed': {
      const replayed = memberOf(event.result, 'replayed') === true;
      return endCall(view, place, activityId, call, { status: 'completed', replayed }, event.result);
    }
    case 'activity_failed': {
      const { failure } = event;
      const details = failure.kind === 'application' ? failure.details : null;
      const error = { type: errorType(failure), message: failure.message.slice(0, MAX_ERROR_CHARS) };
      const status = error.type === 'worker_lost' ? 'lost' : 'failed';
      return endCall(view, place, activityId, call, { status, error }, details);
    }
    case 'activity_cancelled':
      return endCall(view, place, activityId, call, { status: 'aborted' }, event.details);
    default:
  }
}

const MAX_ERROR_CHARS = 2_000;
const TIMEOUT_TYPES = {
  START_TO_CLOSE: 'timeout',
  SCHEDULE_TO_CLOSE: 'timeout',
  SCHEDULE_TO_START: 'not_started',
  HEARTBEAT: 'worker_lost',
} as const;

function errorType(failure: RawFailure): string {
  if (failure.kind === 'application') return failure.type;
  if (failure.kind === 'timeout') return TIMEOUT_TYPES[failure.timeout];
  return failure.kind === 'reset' ? 'reset' : 'unknown';
}

/** @param words what the activity said: its output, or the details of its failure */
function endCall(
  view: View,
  place: HistoryPlace,
  activityId: string,
  call: CallRow,
  ending: Partial<CallRow> & Pick<CallRow, 'status'>,
  words: unknown,
): void {
  const usage = usageIn(words);
  const asked = usage ?? askedIn(words);
  const session = sessionIn(words);
  const isNew = countsOnce(view, call.session_id ?? session?.id ?? null, words);
  view.rows.calls.delete(activityId);
  view.rows.changeCall(call, {
    ...ending,
    completed_at: timeOf(place.timeMs),
    ...(session === null ? {} : { session_id: session.id }),
    ...(asked === null ? {} : { provider: asked.provider, requested_model: requestedOf(asked) }),
    ...(usage === null ? {} : describeAnswer(usage)),
    ...(usage === null || !isNew ? {} : consumed(usage)),
  });
  view.rows.endings.endCall(call, place.executionId);
  if (session !== null) recordSession(view, place, call.step, session);
  if (usage === null) return;
  if (isNew) count(view, place, call, usage);
  announce(view, place, call, usage, words);
}

/** False for an answer that some call before has been charged for. */
function countsOnce(view: View, session: string | null, words: unknown): boolean {
  const head = memberOf(words, 'head');
  if (typeof head !== 'string') return true;
  const answer = `${session ?? ''}/${head}`;
  if (view.rows.counted.has(answer)) return false;
  view.rows.counted.add(answer);
  return true;
}

type Asked = { readonly provider: string; readonly model: string; readonly requestedModel?: string };

function requestedOf({ requestedModel, model }: Asked): string {
  return requestedModel ?? model;
}

function describeAnswer(usage: ModelUsage): Partial<CallRow> {
  return {
    model: usage.model,
    price_version: usage.priceVersion ?? null,
    first_token_ms: usage.firstTokenMs == null ? null : whole(usage.firstTokenMs),
    duration_ms: whole(usage.durationMs),
    finish_reason: usage.finishReason ?? null,
  };
}

function consumed(usage: ModelUsage): Partial<CallRow> {
  return {
    input_tokens: told(usage.inputTokens),
    output_tokens: told(usage.outputTokens),
    cache_read_tokens: told(usage.cacheReadTokens),
    cache_write_tokens: told(usage.cacheWriteTokens),
    reasoning_tokens: told(usage.reasoningTokens),
    total_tokens: whole(usage.totalTokens),
    cost_estimate: told(usage.costMicros),
    usage_note: usage.note ?? null,
  };
}

function recordSession(
  view: View,
  place: HistoryPlace,
  key: string,
  session: { readonly id: string; readonly name: string },
): void {
  const step = view.rows.steps.get(key);
  if (step !== undefined && step.session_id !== session.id) {
    view.rows.changeStep(step, { session_id: session.id });
  }
  view.rows.changeRun(place.timeMs, { session_id: session.id, session_name: session.name });
}

/** Adds a call to all that it is a part of. */
function count(view: View, place: HistoryPlace, call: CallRow, usage: ModelUsage): void {
  const { run, steps } = view.rows;
  const step = steps.get(call.step);
  const attempt = view.rows.attempt(call.step, call.attempt);
  if (step !== undefined) {
    view.rows.changeStep(step, {
      ...afterCall(step, usage),
      segments: countInSegment(step.segments, call.segment, usage),
      ...(call.status === 'completed' ? { model: `${usage.provider}/${usage.model}` } : {}),
    });
  }
  if (attempt !== undefined) {
    view.rows.changeAttempt(attempt, { usage: afterCall(attempt.usage ?? NOTHING_USED, usage) });
  }
  view.rows.changeRun(place.timeMs, {
    ...afterCall(run, usage),
    cache_read_tokens: run.cache_read_tokens + whole(usage.cacheReadTokens),
    cache_write_tokens: run.cache_write_tokens + whole(usage.cacheWriteTokens),
    reasoning_tokens: run.reasoning_tokens + whole(usage.reasoningTokens),
  });
}

function announce(view: View, place: HistoryPlace, call: CallRow, usage: ModelUsage, words: unknown): void {
  const seq = view.rows.addEvent(place, {
    type: 'llm_complete',
    step: call.step,
    attempt: call.attempt,
    turn: call.turn,
    data: {
      ...present({
        provider: usage.provider,
        model: usage.model,
        usage: describeUsage(usage),
        duration_ms: whole(usage.durationMs),
        finish_reason: usage.finishReason ?? null,
        preview: call.status === 'completed' ? answerPreview(words) : null,
        replayed: call.replayed ? true : null,
        purpose: call.purpose === 'turn' ? null : call.purpose,
        counted: call.total_tokens === null ? false : null,
        failed: call.status === 'completed' ? null : true,
      }),
      ...wholeMessage(view, call.session_id, memberOf(words, 'head')),
    },
    causedBy: view.causes.ofAttempt(call.step),
  });
  view.causes.modelAnswered(call.step, seq);
}

function answerPreview(output: unknown): string {
  const preview = memberOf(output, 'preview') ?? memberOf(memberOf(output, 'result'), 'preview');
  return typeof preview === 'string' ? preview : previewOf((output ?? null) as Json);
}

/** Calls that nobody will hear of any more: the execution that made them is over. */
export function abortCalls(view: View, place: HistoryPlace): void {
  for (const [activityId, call] of view.rows.calls) {
    view.rows.calls.delete(activityId);
    view.rows.changeCall(call, { status: 'aborted', completed_at: timeOf(place.timeMs) });
    view.rows.endings.endCall(call, place.executionId);
  }
}
