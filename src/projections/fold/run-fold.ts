/**
 * The fold of a run: its executions one after the other, by start time, into the rows of the read tables.
 *
 * Pure: the same events give the same rows, in whatever pages they come and however often. `takeChanges` gives what
 * the events since the last call have changed.
 */
import type { RunState } from '../../workflows/core/index.ts';
import { recordClose } from './end-run.ts';
import { ExecutionFold } from './execution-fold.ts';
import type { SourcedNote, Turn } from './execution-fold.ts';
import { recordUnread } from './messages.ts';
import { recordActivity } from './record-activity.ts';
import { describePlan, rawInputs, recordRunNote, startRunning } from './record-run-notes.ts';
import { isStepNote, recordStepNote } from './record-step-notes.ts';
import type { Recorded, RecordedEvent } from './recorded-event.ts';
import { beginBranch, restoreReset, restoreSteps } from './restore-run.ts';
import type { Changes, RunRow } from './rows.ts';
import { timeOf } from './rows.ts';
import { RunRows } from './run-rows.ts';
import type { Place } from './run-rows.ts';
import { View } from './view.ts';

/** Who terminates an open execution when it is reset. */
const RESETTER = 'history-resetter';
const NOTHING: Changes = { run: null, steps: [], attempts: [], events: [], messages: [] };

/** An attempt that has not ended. */
export interface OpenAttempt {
  readonly step: string;
  readonly attempt: number;
  readonly capability: string | null;
  /** ISO text. */
  readonly scheduledAt: string;
}

export class RunFold {
  readonly runId: string;
  #view: View | null = null;
  #execution: ExecutionFold | null = null;
  #started: Recorded<'started'> | null = null;

  constructor(runId: string) {
    this.runId = runId;
  }

  /** The execution at work; null before the first. */
  get execution(): ExecutionFold | null {
    return this.#execution;
  }

  /** What is under way with workers, or waits for one. */
  openAttempts(): readonly OpenAttempt[] {
    const rows = this.#view?.rows;
    return [...(rows?.attempts.values() ?? [])]
      .filter((row) => row.status === 'running')
      .map(({ step, attempt, scheduled_at }) => {
        const capability = rows?.steps.get(step)?.capability ?? null;
        return { step, attempt, capability, scheduledAt: scheduled_at };
      });
  }

  /** The next execution of the run; the one before has closed. */
  beginExecution(executionId: string): void {
    this.#execution = new ExecutionFold(this.runId, executionId);
  }

  /** Takes the next event of the present execution. */
  apply(event: RecordedEvent): void {
    const execution = this.#execution;
    if (execution === null) throw new Error('beginExecution comes before the first event');
    const wasCopy = execution.isCopy;
    const turn = execution.apply(event);
    if (event.kind === 'started') this.#started = event;
    if (!execution.isCopy) this.#record(execution, event, turn, wasCopy);
    this.#noteDivergence(execution, event);
  }

  /** What has changed since the last call. */
  takeChanges(): Changes {
    return this.#view?.rows.takeChanges() ?? NOTHING;
  }

  #record(execution: ExecutionFold, event: RecordedEvent, turn: Turn | null, wasCopy: boolean): void {
    const place: Place = {
      executionId: execution.executionId,
      eventId: event.eventId,
      timeMs: event.timeMs,
    };
    if (event.kind === 'started') return this.#start(place, event);
    const view = this.#view ?? this.#open(place);
    if (view === null) return;
    if (wasCopy) return restoreReset(view, place, execution, resetOrigin(event));
    if (turn !== null) return recordTurn(view, place, turn);
    if (event.kind === 'closed') return this.#close(view, place, execution, event);
    if ('scheduledEventId' in event) {
      return recordActivity(view, place, event, execution.activityId(event.scheduledEventId));
    }
    if (event.kind === 'activity_scheduled') recordActivity(view, place, event, event.activityId);
  }

  /** The run begins, goes on in a further execution, or is started again. */
  #start(place: Place, event: Recorded<'started'>): void {
    const view = this.#view;
    if (view === null) return void this.#open(place);
    if (event.continuedByWorkflow && event.continuedFrom === view.rows.run.execution_id) {
      return view.rows.changeRun(place.timeMs, { execution_id: place.executionId });
    }
    beginBranch(view, place, 'pending', { action: 'restart', by: event.identity, reason: null });
    view.rows.changeRun(place.timeMs, {
      started_at: null,
      inputs: rawInputs(event.args[0]),
      metadata: { ...view.rows.run.metadata, ...startMetadata(event) },
    });
    view.causes.restart(announce(view, place));
  }

  /** Makes the run's row from the present execution's first event. */
  #open(place: Place): View | null {
    const event = this.#started;
    if (event === null) return null;
    const view = new View(new RunRows(newRun(this.runId, place, event)));
    this.#view = view;
    view.causes.start = announce(view, { ...place, eventId: event.eventId, timeMs: event.timeMs });
    return view;
  }

  #close(view: View, place: Place, execution: ExecutionFold, event: Recorded<'closed'>): void {
    if (event.status === 'continued_as_new') return;
    // A reset applies the unread signals again, in the execution that follows.
    if (event.identity !== RESETTER) {
      for (const source of execution.unreadSignals()) {
        recordUnread(view, source, 'the run had ended before it was read');
      }
    }
    recordClose(view, place, event);
  }

  #noteDivergence(execution: ExecutionFold, event: RecordedEvent): void {
    const view = this.#view;
    if (execution.divergence === null || view === null || view.rows.run.diverged !== null) return;
    const { executionId } = execution;
    view.rows.changeRun(event.timeMs, {
      diverged: { execution_id: executionId, ...execution.divergence },
    });
  }
}

/** One workflow task's notes, in the order in which people would tell them. */
function recordTurn(view: View, place: Place, turn: Turn): void {
  const { state, at } = turn;
  if (state.plan !== null) view.plan = state.plan;
  let source: SourcedNote['source'] = null;
  let causedBy: number | null = null;
  for (const entry of inTellingOrder(turn.notes)) {
    if (entry.source !== source) causedBy = null;
    source = entry.source;
    const eventId = source?.event.eventId ?? place.eventId;
    const where = { ...place, eventId, timeMs: at.now };
    const { note } = entry;
    if (isStepNote(note)) recordStepNote(view, where, note);
    else causedBy = recordRunNote(view, where, note, { source, causedBy, state }) ?? causedBy;
  }
  takeUpContinued(view, { ...place, timeMs: at.now }, state);
}

/** A command's receipt is noted after what the command did; it is told before. */
function* inTellingOrder(notes: readonly SourcedNote[]): Generator<SourcedNote> {
  let held: SourcedNote[] = [];
  for (const entry of notes) {
    if (held[0] !== undefined && held[0].source !== entry.source) {
      yield* held;
      held = [];
    }
    if (entry.note.type === 'command') {
      yield entry;
      yield* held;
      held = [];
    } else if (entry.source?.fact.type === 'signal') held.push(entry);
    else yield entry;
  }
  yield* held;
}

/** A run whose beginning nobody has any more: its rows come from the state that was handed on. */
function takeUpContinued(view: View, place: Place, state: RunState): void {
  if (view.rows.run.status !== 'pending' || state.phase === 'loading') return;
  startRunning(view, place);
  describePlan(view, place, state);
  restoreSteps(view, place, state);
}

function resetOrigin(event: RecordedEvent) {
  const reset = event.kind === 'task_failed' ? event.reset : null;
  return { action: 'reset' as const, by: reset?.identity ?? null, reason: reset?.reason ?? null };
}

/** The event that a run, or a new branch of it, begins with. */
function announce(view: View, place: Place): number {
  const { workflow, metadata } = view.rows.run;
  return view.rows.addEvent(place, {
    type: 'workflow_start',
    data: { workflow, ...metadata },
    causedBy: null,
  });
}

function newRun(runId: string, { executionId }: Place, event: Recorded<'started'>): RunRow {
  const at = timeOf(event.timeMs);
  return {
    id: runId,
    workflow: event.workflowType,
    version: null,
    plan_hash: null,
    status: 'pending',
    terminal_reason: null,
    is_paused: false,
    pause_requested_at: null,
    pause_reason: null,
    pause_drained_at: null,
    cancel_requested_at: null,
    inputs: rawInputs(event.args[0]),
    output: null,
    error: null,
    error_message: null,
    labels: {},
    metadata: startMetadata(event),
    session_id: null,
    session_name: null,
    workspace_path: null,
    turns: 0,
    input_tokens: 0,
    output_tokens: 0,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    total_tokens: 0,
    cost_estimate: 0,
    duration_seconds: null,
    revision: 0,
    epoch: 0,
    execution_id: executionId,
    lineage: {},
    diverged: null,
    last_seq: 0,
    created_at: at,
    started_at: null,
    completed_at: null,
    updated_at: at,
  };
}

/** Who started the run, and how: with Baton's envelope, or by hand. */
function startMetadata({ args, identity }: Recorded<'started'>) {
  const envelope = args[1] as { startedBy?: unknown } | null | undefined;
  const startedBy = typeof envelope?.startedBy === 'string' ? envelope.startedBy : null;
  return {
    started_by: startedBy ?? identity,
    identity,
    source: typeof envelope === 'object' && envelope !== null ? 'baton' : 'operator',
  };
}
