/**
 * The fold of a run: its executions one after the other, by start time, into the rows of the read tables.
 *
 * Pure: the same events give the same rows, in whatever pages they come and however often. `takeChanges` gives what
 * the events since the last call have changed.
 */
import type { Redirected } from '../../protocol/envelope.ts';
import { KINDS } from '../../workflows/core/index.ts';
import type { Kinds, RunState } from '../../workflows/core/index.ts';
import { ExecutionFold } from './execution-fold.ts';
import type { Decision } from './execution-fold.ts';
import type { Divergence } from './expectation.ts';
import { commentOn } from './record/comments.ts';
import { RunRows } from './record/run-rows.ts';
import type { HistoryPlace } from './record/run-rows.ts';
import { View } from './record/view.ts';
import { startInputs } from './record/whole-values.ts';
import type { Recorded, RecordedEvent } from './recorded-event.ts';
import { resetRun } from './reset-run.ts';
import { NO_CHANGES, timeOf } from './rows.ts';
import type { Changes } from './rows.ts';
import { rawInputs } from './rows/run.ts';
import { recordActivity } from './seen/activity.ts';
import { Checkpoints } from './seen/checkpoint.ts';
import { recordHold } from './seen/hold.ts';
import { interpreterIn, newRun, redirectedIn, startMetadata } from './seen/new-run.ts';
import { measureWork } from './seen/working-time.ts';
import { showDecision, showWaiting, showWhole } from './show-state.ts';
import { beginBranch } from './told/branch.ts';
import { baseOf, beginContinuation, restoredIn } from './told/continuation.ts';
import type { Base } from './told/continuation.ts';
import { reopens, tellDecision } from './told/decision.ts';
import { recordClose } from './told/end-run.ts';
import { recordUnread } from './told/messages.ts';
import { closeMessages } from './told/receipts.ts';
import { startRunning } from './told/run.ts';

/** Who terminates an open execution when it is reset. */
const RESETTER = 'history-resetter';

/** An activity of a step that has not ended. */
export interface OpenActivity {
  readonly id: string;
  readonly step: string;
  /** Task queue; null when history does not say. */
  readonly queue: string | null;
  readonly capability: string | null;
  /** ISO text. */
  readonly scheduledAt: string;
}

export class RunFold {
  readonly runId: string;
  readonly #kinds: Kinds;
  readonly #watch: ((decision: Decision) => void) | null;
  #view: View | null = null;
  #execution: ExecutionFold | null = null;
  #started: Recorded<'started'> | null = null;
  /** After the last completed task of the present branch, over its executions. */
  #state: RunState | null = null;
  /** The state that the rows show; null: that of nothing. */
  #shown: RunState | null = null;
  #closed: Base | null = null;
  readonly #checkpoints = new Checkpoints();

  /** @param kinds what steps there are @param watch is told each decision, with what the core saw */
  constructor(runId: string, kinds: Kinds = KINDS, watch: ((decision: Decision) => void) | null = null) {
    this.runId = runId;
    this.#kinds = kinds;
    this.#watch = watch;
  }

  /** The execution at work; null before the first. */
  get execution(): ExecutionFold | null {
    return this.#execution;
  }

  /** As they stand; null before the first event that is recorded. */
  get rows(): RunRows | null {
    return this.#view?.rows ?? null;
  }

  /** When it goes on by itself, in ms since 1970: 0 while something is under way, Infinity where somebody has to do something. */
  get restsUntilMs(): number {
    const state = this.#execution?.isAtRest === true ? this.#execution.state : null;
    if (state === null) return 0;
    return Math.min(Infinity, ...Object.values(state.timers).map(({ dueAt }) => dueAt));
  }

  /** What is under way with workers, or waits for one. */
  openActivities(): readonly OpenActivity[] {
    const steps = this.#view?.rows.steps;
    return [...(this.#execution?.openActivities() ?? [])].flatMap(({ id, address, queue, scheduledMs }) => {
      const step = address === null ? undefined : steps?.get(address.step);
      if (step === undefined) return [];
      const { key, capability } = step;
      return [{ id, step: key, queue, capability, scheduledAt: timeOf(scheduledMs) }];
    });
  }

  /** The next execution of the run; the one before has closed. */
  beginExecution(executionId: string): void {
    this.#execution = new ExecutionFold(this.runId, executionId, this.#kinds, this.#watch !== null);
  }

  /** Takes the next event of the present execution. @throws UnknownInterpreterError of a newer version */
  apply(event: RecordedEvent): void {
    const execution = this.#execution;
    if (execution === null) throw new Error('beginExecution comes before the first event');
    const wasCopy = execution.isCopy;
    const decision = execution.apply(event);
    if (event.kind === 'started') this.#started = event;
    if (decision !== null) this.#state = decision.state;
    if (!execution.isCopy) {
      if (wasCopy) this.#reset(execution, event);
      else if (decision === null) this.#record(execution, event);
      else this.#decide(execution, event, decision);
      if (this.#view !== null) measureWork(this.#view, execution, event, decision);
    }
    if (event.kind === 'closed')
      this.#closed = { executionId: execution.executionId, eventId: event.eventId };
    if (execution.divergence !== null) this.#diverge(execution, event, execution.divergence);
  }

  /** What has changed since the last call. */
  takeChanges(): Changes {
    return this.#view?.rows.takeChanges() ?? NO_CHANGES;
  }

  /** The rows follow what a workflow task has decided. */
  #decide(execution: ExecutionFold, event: RecordedEvent, decision: Decision): void {
    const place = { ...placeOf(execution, event), timeMs: decision.at.now };
    const view = this.#view ?? this.#open(placeOf(execution, event));
    if (view === null) return;
    const { state, notes } = decision;
    view.interpreter = state.interpreter;
    if (state.plan !== null) view.plan = state.plan;
    tellDecision(view, place, decision);
    // Nobody has told the beginning: the execution that it was in is not there any more.
    if (view.rows.run.status === 'pending' && state.phase !== 'loading') {
      startRunning(view, place);
      showWhole(view, place, state);
    } else {
      showDecision(view, place, this.#shown, state);
      if (reopens(notes) && state.phase !== 'closed') showWaiting(view, place, state);
    }
    view.endDecision();
    this.#shown = state;
    this.#checkpoints.decided(view, place, decision);
    this.#watch?.(decision);
  }

  #reset(execution: ExecutionFold, event: RecordedEvent): void {
    const place = placeOf(execution, event);
    const view = this.#view ?? this.#open(place);
    this.#checkpoints.beginBranch(this.#checkpoints.numberBefore(this.#closed?.executionId, event.eventId));
    if (view !== null) resetRun(view, place, execution, event);
    this.#state = execution.state;
    this.#shown = execution.state;
  }

  /** What an event shows that decides nothing. */
  #record(execution: ExecutionFold, event: RecordedEvent): void {
    const place = placeOf(execution, event);
    if (event.kind === 'started') return this.#start(place, event);
    const view = this.#view ?? this.#open(place);
    if (view === null) return;
    if (event.kind === 'held' || event.kind === 'released') return recordHold(view, place, event);
    if (event.kind === 'closed') return this.#close(view, place, execution, event);
    const scheduled =
      'scheduledEventId' in event
        ? event.scheduledEventId
        : event.kind === 'activity_scheduled'
          ? event.eventId
          : null;
    if (scheduled !== null) recordActivity(view, place, event, execution.activity(scheduled));
  }

  /** The run begins, goes on in a further execution or after its end, or is started again. */
  #start(place: HistoryPlace, event: Recorded<'started'>): void {
    const view = this.#view;
    if (view === null) return void this.#open(place);
    if (event.continuedByWorkflow && event.continuedFrom === view.rows.run.execution_id) {
      view.rows.endings.addExecution(place.executionId, timeOf(place.timeMs));
      return view.rows.changeRun(place.timeMs, { execution_id: place.executionId, temporal_pause: null });
    }
    const base = baseOf(event.args[1]);
    if (base !== null) return this.#continue(view, place, event, base);
    this.#state = null;
    this.#shown = null;
    this.#checkpoints.beginBranch(null);
    beginBranch(view, place, 'pending', { action: 'restart', by: event.identity, reason: null });
    view.rows.changeRun(place.timeMs, {
      started_at: null,
      inputs: rawInputs(event.args[0]),
      metadata: { ...view.rows.run.metadata, ...startMetadata(event) },
    });
    closeMessages(view, place);
    view.interpreter = interpreterIn(event);
    view.causes.restart(announce(view, place));
  }

  /** A closed run goes on from where it ended, or from a checkpoint: that must be one that was folded. */
  #continue(view: View, place: HistoryPlace, event: Recorded<'started'>, base: Base): void {
    const restored = restoredIn(event.args[1]);
    const closed = restored === null ? this.#closed : this.#checkpoints.placeOf(restored.checkpoint);
    // Should it end before its first task, it has ended there.
    this.#state = this.#execution?.stands ?? this.#state;
    beginContinuation(view, place, event);
    this.#checkpoints.beginBranch(restored === null ? this.#checkpoints.newest : restored.checkpoint);
    if (closed?.executionId === base.executionId && closed.eventId === base.eventId) return;
    const say = (at: Base | null) => (at === null ? 'nothing' : `event ${at.eventId} of ${at.executionId}`);
    view.rows.changeRun(event.timeMs, {
      diverged: view.rows.run.diverged ?? {
        execution_id: place.executionId,
        event_id: event.eventId,
        expected: `goes on from ${say(closed)}`,
        found: `goes on from ${say(base)}`,
      },
    });
  }

  /** Makes the run's row from the present execution's first event. */
  #open(place: HistoryPlace): View | null {
    const event = this.#started;
    if (event === null) return null;
    const view = new View(new RunRows(newRun(this.runId, place, event)));
    this.#view = view;
    view.interpreter = interpreterIn(event);
    const first = { ...place, eventId: event.eventId, timeMs: event.timeMs };
    view.causes.start = announce(view, first);
    const redirected = redirectedIn(event.args[1]);
    if (redirected !== null) tellOrigin(view, first, view.causes.start, redirected);
    return view;
  }

  #close(view: View, place: HistoryPlace, execution: ExecutionFold, event: Recorded<'closed'>): void {
    if (event.status === 'continued_as_new') return;
    // A reset applies the unread signals again, in the execution that follows.
    if (event.identity !== RESETTER) {
      for (const source of execution.unreadSignals()) {
        recordUnread(view, source);
      }
    }
    recordClose(view, place, event, event.identity === RESETTER);
    if (event.identity === RESETTER || event.successorId !== null || this.#state === null) return;
    this.#checkpoints.closed(view, place, this.#state);
  }

  #diverge({ executionId }: ExecutionFold, event: RecordedEvent, divergence: Divergence): void {
    const view = this.#view;
    if (view === null || view.rows.run.diverged !== null) return;
    view.rows.changeRun(event.timeMs, { diverged: { execution_id: executionId, ...divergence } });
  }
}

function placeOf({ executionId }: ExecutionFold, { eventId, timeMs }: RecordedEvent): HistoryPlace {
  return { executionId, eventId, timeMs };
}

/** Where a run comes from, and what it is for. @param seq of its first event */
function tellOrigin(view: View, place: HistoryPlace, seq: number, { from, task }: Redirected): void {
  commentOn(view, place, seq, { content: `Redirected from ${from}: ${task}`, step: null });
}

/** The event that a run, or a new branch of it, begins with. */
function announce(view: View, place: HistoryPlace): number {
  const { workflow, metadata, inputs } = view.rows.run;
  return view.rows.addEvent(place, {
    type: 'workflow_start',
    data: { workflow, ...metadata, ...startInputs(view, inputs) },
    causedBy: null,
  });
}
