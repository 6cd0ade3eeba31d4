/** How a run ends in the tables: by the core's decision, or because Temporal or an operator ended it. */
import type { Json } from '../../../plan/json.ts';
import { guardedEnding } from '../../../protocol/guard.ts';
import { previewOf } from '../../../protocol/values.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { hasEnded, isSettled } from '../../../protocol/status.ts';
import type { RunStatus } from '../../../protocol/status.ts';
import type { CloseStatus, Recorded } from '../recorded-event.ts';
import { abortCalls } from '../seen/calls.ts';
import { withdrawQuestions } from './questions.ts';
import { closeMessages } from './receipts.ts';
import { tellCancelled } from './steps.ts';
import { closeSegment } from '../rows/segments.ts';
import type { RunError } from '../../../tables/projected/workflow-runs.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';
import { wholeOutput } from '../record/whole-values.ts';

/** Who terminates an open execution where another is started in its place. */
const REPLACER = 'history-service';

export interface Ending {
  readonly status: RunStatus;
  readonly reason: string;
  readonly error: RunError | null;
  readonly output?: Json;
  readonly preview?: string;
  /** The output as the core noted it. */
  readonly result?: StepResult;
  /** An execution follows that goes on from somewhere in this one: what waits may wait on. */
  readonly goesOn?: boolean;
  /** Another execution has its place already: what it had under way ends, and the run does not. */
  readonly replaced?: boolean;
}

/** The run has ended: nothing of it is open any more. */
export function endRun(view: View, place: HistoryPlace, ending: Ending): void {
  const { run, steps } = view.rows;
  const { status, error } = ending;
  for (const row of steps.values()) {
    const { status: standing } = view.standing(row);
    if (standing === 'superseded' || isSettled(standing)) continue;
    stopStep(view, place, row, error === null ? 'the run has ended' : error.message);
  }
  abortCalls(view, place);
  withdrawQuestions(view, place);
  if (ending.goesOn !== true) closeMessages(view, place);
  view.clearNeeds(place, status === 'failed' || status === 'timed_out');
  if (ending.replaced === true) return view.rows.endings.endBranch(timeOf(place.timeMs), true);
  const since = run.started_at === null ? null : Date.parse(run.started_at);
  view.rows.changeRun(place.timeMs, {
    status,
    terminal_reason: ending.reason,
    is_paused: false,
    pause: null,
    temporal_pause: null,
    output: ending.output ?? null,
    error,
    error_message: error?.message ?? null,
    completed_at: timeOf(place.timeMs),
    duration_seconds: since === null ? 0 : (place.timeMs - since) / 1000,
  });
  view.rows.addEvent(place, {
    type: 'complete',
    data: {
      ...present({
        status,
        terminal_reason: ending.reason,
        output_preview: ending.preview ?? null,
        error: error === null ? null : { ...error },
      }),
      ...(ending.result === undefined ? {} : wholeOutput(view, ending.result)),
    },
    causedBy: view.causes.ofEnd(),
  });
}

/** A step that the run's end has stopped, whatever the core's state says of it. */
function stopStep(view: View, place: HistoryPlace, row: StepRow, reason: string): void {
  tellCancelled(view, place, row, reason);
  const completed_at = timeOf(place.timeMs);
  const segments = closeSegment(row.segments, completed_at, 'cancelled');
  view.writeStep(row, { status: 'cancelled', reason, completed_at, segments, held: null });
}

/**
 * The execution has closed and no other goes on for it. What the core had decided has been recorded already; anything
 * else is Temporal's or an operator's doing, and history has the last word.
 *
 * @param goesOn the execution was reset
 */
export function recordClose(
  view: View,
  place: HistoryPlace,
  event: Recorded<'closed'>,
  goesOn: boolean,
): void {
  const { run } = view.rows;
  const ending = endingOf(event);
  if (hasEnded(run) && run.status === ending.status) return;
  const isTold = isReplaced(event) || guardedEnding(event.identity, event.message) !== null;
  if (event.status === 'terminated' && !isTold) {
    const by = event.identity;
    const reason = event.message;
    view.rows.changeRun(place.timeMs, {
      metadata: { ...run.metadata, ended_by: { action: 'terminate', by, reason } },
    });
    view.causes.ending = view.rows.addEvent(place, {
      type: 'message',
      data: present({ action: 'terminate', status: 'processed', content: reason, by }),
      causedBy: null,
    });
    addTermination(view, event, view.causes.ending);
  }
  endRun(view, place, { ...ending, goesOn, replaced: isReplaced(event) });
}

function addTermination(view: View, event: Recorded<'closed'>, seq: number): void {
  view.rows.addMessage({
    seq,
    message_id: null,
    message_type: 'user',
    action_type: 'terminate',
    action_status: 'processed',
    content: event.message,
    reason: null,
    author: event.identity,
    metadata: present({ identity: event.identity }),
    created_at: timeOf(event.timeMs),
  });
}

function endingOf(event: Recorded<'closed'>): Ending {
  const { message } = event;
  switch (event.status) {
    case 'completed':
    case 'continued_as_new': {
      const output = (event.result ?? null) as Json;
      return { status: 'completed', reason: 'completed', error: null, output, preview: previewOf(output) };
    }
    case 'failed':
      return failedEnding(event.failureType ?? 'failed', message ?? 'the execution failed');
    case 'cancelled':
      return ended('cancelled', 'cancelled', message ?? 'the run was cancelled');
    case 'terminated': {
      const guarded = guardedEnding(event.identity, message);
      if (guarded !== null) return failedEnding(guarded.reason, guarded.message);
      return ended('terminated', 'terminated', terminationMessage(event));
    }
    case 'timed_out':
      return ended('timed_out', 'error_timeout', 'the execution reached its timeout in Temporal');
  }
}

/** Temporal has ended the execution to start another in its place, as where an open run is set back. */
function isReplaced({ identity, message }: Recorded<'closed'>): boolean {
  return identity === REPLACER && message?.startsWith('TerminateIfRunning') === true;
}

function terminationMessage(event: Recorded<'closed'>): string {
  if (isReplaced(event)) return 'another execution of the run has taken its place';
  const { identity, message } = event;
  const by = identity === null ? '' : ` by ${identity}`;
  return message === null ? `terminated${by}` : `terminated${by}: ${message}`;
}

function failedEnding(type: string, message: string): Ending {
  if (type === 'cancelled' || type === 'redirected') return ended('cancelled', type, message);
  if (type === 'error_timeout') return ended('timed_out', 'error_timeout', message);
  return { status: 'failed', reason: type, error: { type, message, step: null } };
}

function ended(status: Exclude<CloseStatus, 'continued_as_new'>, reason: string, message: string): Ending {
  return { status, reason, error: { type: reason, message, step: null } };
}
