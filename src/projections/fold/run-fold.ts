/**
 * The fold of a run: its executions one after the other, by start time, into the rows of the read tables.
 *
 * Pure: the same events give the same rows, in whatever pages they come and however often. `takeChanges` gives what
 * the events since the last call have changed.
 */
import type { Redirected } from '../../protocol/envelope.ts';
import type { RunState } from '../../workflows/core/index.ts';
import { closedCheckpoint } from './seen/checkpoint.ts';
import { commentOn } from './record/comments.ts';
import { baseOf, beginContinuation } from './told/continuation.ts';
import type { Base } from './told/continuation.ts';
import { recordClose } from './told/end-run.ts';
import type { Divergence } from './expectation.ts';
import { ExecutionFold } from './execution-fold.ts';
import type { SourcedNote, Turn } from './execution-fold.ts';
import { recordUnread } from './told/messages.ts';
import { interpreterIn, newRun, redirectedIn, startMetadata } from './record/new-run.ts';
import { recordActivity } from './seen/activity.ts';
import { isAgentNote, recordAgentNote } from './told/agents.ts';
import { isMessageNote, recordMessageNote } from './told/receipts.ts';
import { recordHold } from './seen/hold.ts';
import { isQuestionNote, recordQuestionNote, restoreQuestions } from './told/questions.ts';
import { describePlan, rawInputs, recordRunNote, startRunning } from './told/run.ts';
import { isStepNote, recordStepNote } from './told/steps.ts';
import { isWorkspaceNote, recordWorkspaceNote } from './told/workspace.ts';
import type { Recorded, RecordedEvent } from './recorded-event.ts';
import { restoreMessages } from './told/restored-messages.ts';
import { beginBranch, reopenSteps, restoreReset, restoreSteps } from './told/branch.ts';
import { NO_CHANGES, timeOf } from './rows.ts';
import type { Changes } from './rows.ts';
import { RunRows } from './record/run-rows.ts';
import type { Place } from './record/run-rows.ts';
import { View } from './record/view.ts';
import { measureWork } from './seen/working-time.ts';
import { startInputs } from './record/whole-values.ts';

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
  #view: View | null = null;
  #execution: ExecutionFold | null = null;
  #started: Recorded<'started'> | null = null;
  /** After the last completed task of the present branch, over its executions. */
  #state: RunState | null = null;
  #closed: Base | null = null;

  constructor(runId: string) {
    this.runId = runId;
  }

  /** The execution at work; null before the first. */
  get execution(): ExecutionFold | null {
    return this.#execution;
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
    this.#execution = new ExecutionFold(this.runId, executionId);
  }

  /** Takes the next event of the present execution. */
  apply(event: RecordedEvent): void {
    const execution = this.#execution;
    if (execution === null) throw new Error('beginExecution comes before the first event');
    const wasCopy = execution.isCopy;
    const turn = execution.apply(event);
    if (event.kind === 'started') this.#started = event;
    if (turn !== null) this.#state = turn.state;
    if (!execution.isCopy) {
      this.#record(execution, event, turn, wasCopy);
      if (this.#view !== null) measureWork(this.#view, execution, event, turn);
    }
    if (event.kind === 'closed')
      this.#closed = { executionId: execution.executionId, eventId: event.eventId };
    if (execution.divergence !== null) this.#diverge(execution, event, execution.divergence);
  }

  /** What has changed since the last call. */
  takeChanges(): Changes {
    return this.#view?.rows.takeChanges() ?? NO_CHANGES;
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
  #start(place: Place, event: Recorded<'started'>): void {
    const view = this.#view;
    if (view === null) return void this.#open(place);
    if (event.continuedByWorkflow && event.continuedFrom === view.rows.run.execution_id) {
      return view.rows.changeRun(place.timeMs, { execution_id: place.executionId, temporal_pause: null });
    }
    const base = baseOf(event.args[1]);
    if (base !== null) return this.#continue(view, place, event, base);
    this.#state = null;
    beginBranch(view, place, 'pending', { action: 'restart', by: event.identity, reason: null });
    view.rows.changeRun(place.timeMs, {
      started_at: null,
      inputs: rawInputs(event.args[0]),
      metadata: { ...view.rows.run.metadata, ...startMetadata(event) },
    });
    restoreMessages(view, place, null);
    view.interpreter = interpreterIn(event);
    view.causes.restart(announce(view, place));
  }

  /** A closed run goes on from where it ended: that must be the end that was folded. */
  #continue(view: View, place: Place, event: Recorded<'started'>, base: Base): void {
    const closed = this.#closed;
    beginContinuation(view, place, event);
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
  #open(place: Place): View | null {
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

  #close(view: View, place: Place, execution: ExecutionFold, event: Recorded<'closed'>): void {
    if (event.status === 'continued_as_new') return;
    // A reset applies the unread signals again, in the execution that follows.
    if (event.identity !== RESETTER) {
      for (const source of execution.unreadSignals()) {
        recordUnread(view, source);
      }
    }
    recordClose(view, place, event, event.identity === RESETTER);
    if (event.identity === RESETTER || event.successorId !== null || this.#state === null) return;
    const checkpoint = closedCheckpoint(view.rows.run, place, this.#state);
    if (checkpoint !== null) view.rows.addCheckpoint(checkpoint);
  }

  #diverge({ executionId }: ExecutionFold, event: RecordedEvent, divergence: Divergence): void {
    const view = this.#view;
    if (view === null || view.rows.run.diverged !== null) return;
    view.rows.changeRun(event.timeMs, { diverged: { execution_id: executionId, ...divergence } });
  }
}

/** One workflow task's notes, in the order in which people would tell them. */
function recordTurn(view: View, place: Place, turn: Turn): void {
  const { state, at } = turn;
  if (state.plan !== null) view.plan = state.plan;
  view.interpreter = state.interpreter;
  const reopens = view.isReopening && state.plan !== null;
  if (reopens) reopenSteps(view, { ...place, timeMs: at.now }, state);
  let source: SourcedNote['source'] = null;
  let causedBy: number | null = null;
  for (const entry of inTellingOrder(turn.notes)) {
    if (entry.source !== source) causedBy = null;
    source = entry.source;
    const eventId = source?.event.eventId ?? place.eventId;
    const where = { ...place, eventId, timeMs: at.now };
    const { note, answers } = entry;
    if (isStepNote(note)) recordStepNote(view, where, note, state);
    else if (isAgentNote(note)) recordAgentNote(view, where, note, state);
    else if (isQuestionNote(note)) recordQuestionNote(view, where, note, causedBy);
    else if (isMessageNote(note)) recordMessageNote(view, where, note, causedBy);
    else if (isWorkspaceNote(note)) recordWorkspaceNote(view, where, note);
    else causedBy = recordRunNote(view, where, note, { source, causedBy, answers, state }) ?? causedBy;
  }
  if (reopens) view.isReopening = false;
  if (reopens && state.phase !== 'closed') {
    restoreQuestions(view, { ...place, timeMs: at.now }, state);
    restoreMessages(view, { ...place, timeMs: at.now }, state);
  }
  view.resting.clear();
  takeUpContinued(view, { ...place, timeMs: at.now }, state);
}

/** `answers`: the question that a command has answered. */
type ToldNote = SourcedNote & { readonly answers: string | null };

/** A command's receipt is noted after what the command did; it is told before. */
function* inTellingOrder(notes: readonly SourcedNote[]): Generator<ToldNote> {
  let held: ToldNote[] = [];
  for (const entry of notes) {
    if (held[0] !== undefined && held[0].source !== entry.source) {
      yield* held;
      held = [];
    }
    if (entry.note.type === 'command') {
      yield { ...entry, answers: questionAnswered(held) };
      yield* held;
      held = [];
    } else if (entry.source?.fact.type === 'signal') held.push({ ...entry, answers: null });
    else yield { ...entry, answers: null };
  }
  yield* held;
}

function questionAnswered(done: readonly SourcedNote[]): string | null {
  const answer = done.map(({ note }) => note).find((note) => note.type === 'question_answered');
  return answer?.question ?? null;
}

/** A run whose beginning nobody has any more: its rows come from the state that was handed on. */
function takeUpContinued(view: View, place: Place, state: RunState): void {
  if (view.rows.run.status !== 'pending' || state.phase === 'loading') return;
  startRunning(view, place);
  describePlan(view, place, state);
  restoreSteps(view, place, state);
  restoreQuestions(view, place, state);
  restoreMessages(view, place, state);
}

function resetOrigin(event: RecordedEvent) {
  const reset = event.kind === 'task_failed' ? event.reset : null;
  return { action: 'reset' as const, by: reset?.identity ?? null, reason: reset?.reason ?? null };
}

/** Where a run comes from, and what it is for. @param seq of its first event */
function tellOrigin(view: View, place: Place, seq: number, { from, task }: Redirected): void {
  commentOn(view, place, seq, { content: `Redirected from ${from}: ${task}`, step: null });
}

/** The event that a run, or a new branch of it, begins with. */
function announce(view: View, place: Place): number {
  const { workflow, metadata, inputs } = view.rows.run;
  return view.rows.addEvent(place, {
    type: 'workflow_start',
    data: { workflow, ...metadata, ...startInputs(view, inputs) },
    causedBy: null,
  });
}
