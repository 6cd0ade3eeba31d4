/**
 * A run told event by event and note by note, without the core: for tests of what single notes leave in the rows.
 * What the core really notes, and in what order, is tested with histories.
 */
import type { Plan } from '../../../plan/plan.ts';
import type { RawFailure } from '../../../protocol/failure.ts';
import type { Note, RunState } from '../../../workflows/core/index.ts';
import { stepAddressOf } from '../activity-id.ts';
import { endRun } from '../told/end-run.ts';
import type { Ending } from '../told/end-run.ts';
import type { ScheduledActivity, SourcedFact } from '../execution-fold.ts';
import { newRun } from '../seen/new-run.ts';
import { recordActivity } from '../seen/activity.ts';
import { isAgentNote, tellAgent } from '../told/agents.ts';
import { isMessageNote, tellMessage } from '../told/receipts.ts';
import { isQuestionNote, tellQuestion } from '../told/questions.ts';
import { tellRun } from '../told/run.ts';
import { isStepNote, tellStep } from '../told/steps.ts';
import { isWorkspaceNote, tellWorkspace } from '../told/workspace.ts';
import type { RecordedEvent } from '../recorded-event.ts';
import { bringMessages } from '../told/restored-messages.ts';
import { RunRows } from '../record/run-rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { View } from '../record/view.ts';
import { Tables } from './tables.ts';

type Told = Note extends infer N ? (N extends Note ? Omit<N, 'cause'> : never) : never;

export class ToldRun {
  readonly view: View;
  readonly #tables = new Tables();
  readonly #activities = new Map<string, ScheduledActivity>();
  readonly #state: RunState;
  #eventId = 1;

  constructor(plan: Plan) {
    const spent = { limits: plan.limits };
    this.#state = { plan, inputs: {}, labels: {}, spent, steps: {} } as unknown as RunState;
    const started = {
      kind: 'started',
      eventId: 1,
      type: 'STARTED',
      timeMs: this.#timeMs,
      workflowType: plan.name,
      args: [{}],
      identity: 'api',
      firstExecutionId: 'execution-1',
      originalExecutionId: 'execution-1',
      continuedFrom: null,
      continuedByWorkflow: false,
    } as const;
    this.view = new View(new RunRows(newRun('run-1', this.#place(), started)));
    this.view.causes.start = this.view.runEvent(this.#place(), { to: 'running' }, null);
    this.note({ type: 'run_planned' });
  }

  /** @param command the event of a message that led to it */
  note(told: Told, command: number | null = null, source: SourcedFact | null = null): this {
    const note = { cause: null, ...told } as Note;
    const place = this.#place();
    if (isStepNote(note)) tellStep(this.view, place, note, this.#state);
    else if (isAgentNote(note)) tellAgent(this.view, place, note, this.#state);
    else if (isQuestionNote(note)) tellQuestion(this.view, place, note, command);
    else if (isMessageNote(note)) tellMessage(this.view, place, note, command);
    else if (isWorkspaceNote(note)) tellWorkspace(this.view, place, note);
    else
      tellRun(this.view, place, note, {
        source,
        answers: null,
        causedBy: command,
        state: this.#state,
      });
    return this.#follow();
  }

  /** A signal, with the core's receipt for it. */
  say(receipt: Partial<Extract<Told, { readonly type: 'command' }>>): this {
    const signal = 'messages';
    const event = {
      ...this.#base('SIGNALED'),
      kind: 'signaled',
      name: signal,
      payload: {},
      identity: 'api',
    } as const;
    const unsaid = { code: null, reason: null, content: null, by: null, details: null, key: null } as const;
    const note = {
      type: 'command',
      id: null,
      name: null,
      signal,
      status: 'processed',
      message: {},
      ...unsaid,
    } as const;
    const fact = { type: 'signal', name: signal, payload: {} } as const;
    return this.note({ ...note, ...receipt }, null, { fact, event });
  }

  /** Messages are brought to what waits in this state. */
  restoreMessages(inbox: RunState['inbox']): this {
    bringMessages(this.view, this.#place(), { ...this.#state, inbox });
    return this;
  }

  schedule(id: string, activityType = 'agent', input: unknown = {}): this {
    const scheduledMs = this.#timeMs;
    const address = stepAddressOf(id, activityType);
    this.#activities.set(id, { id, address, queue: 'baton', input: null, scheduledMs });
    const what = { activityId: id, activityType, queue: 'baton', input, completedBy: 1 };
    return this.#event(id, { ...this.#base('SCHEDULED'), kind: 'activity_scheduled', ...what });
  }

  begin(id: string, worker = 'worker-1'): this {
    const event = { kind: 'activity_started', scheduledEventId: 1, identity: worker } as const;
    return this.#event(id, { ...this.#base('STARTED'), ...event });
  }

  answer(id: string, result: unknown): this {
    const event = { kind: 'activity_completed', scheduledEventId: 1, result } as const;
    return this.begin(id).#event(id, { ...this.#base('COMPLETED'), ...event });
  }

  fail(id: string, failure: RawFailure): this {
    const event = { kind: 'activity_failed', scheduledEventId: 1, failure } as const;
    return this.begin(id).#event(id, { ...this.#base('FAILED'), ...event });
  }

  /** Its worker died. */
  lose(id: string): this {
    return this.fail(id, { kind: 'timeout', timeout: 'HEARTBEAT', message: 'heartbeat timeout' });
  }

  stop(id: string, details?: unknown): this {
    const event = { kind: 'activity_cancelled', scheduledEventId: 1, details } as const;
    return this.begin(id).#event(id, { ...this.#base('CANCELED'), ...event });
  }

  end(ending: Ending): this {
    endRun(this.view, this.#place(), ending);
    return this;
  }

  tables(): Tables {
    this.#tables.write(this.view.rows.takeChanges());
    return this.#tables;
  }

  /** There is no state that the rows of steps could follow: they are what has been told. */
  #follow(): this {
    for (const row of this.view.rows.steps.values()) {
      const { status, attempt } = this.view.standing(row);
      this.view.writeStep(row, { status, attempt });
    }
    return this;
  }

  #event(id: string, event: RecordedEvent): this {
    recordActivity(this.view, this.#place(), event, this.#activities.get(id));
    return this;
  }

  get #timeMs(): number {
    return 1_000_000 + this.#eventId * 10;
  }

  #base(type: string) {
    this.#eventId += 1;
    return { eventId: this.#eventId, type, timeMs: this.#timeMs };
  }

  #place(): HistoryPlace {
    return { executionId: 'execution-1', eventId: this.#eventId, timeMs: this.#timeMs };
  }
}
