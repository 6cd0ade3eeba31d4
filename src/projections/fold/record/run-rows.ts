/**
 * The rows of one run in memory, with what changed since they were last taken.
 *
 * Sequence numbers and times come from events only, so the same history makes the same rows, in whatever pieces it
 * is folded.
 */
import type { JsonObject } from '../../../plan/json.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import type { CallRow } from '../../../tables/projected/llm-calls.ts';
import type { CheckpointRow } from '../../../tables/projected/workflow-checkpoints.ts';
import type { QuestionRow } from '../../../tables/projected/workflow-questions.ts';
import type { EventType } from '../../../protocol/event.ts';
import { isDone } from '../../../protocol/status.ts';
import type { AttemptRow } from '../../../tables/projected/workflow-step-attempts.ts';
import type { Changes } from '../rows.ts';
import type { EventRow } from '../../../tables/projected/workflow-events.ts';
import type { MessageRow } from '../../../tables/projected/workflow-messages.ts';
import type { RunRow } from '../../../tables/projected/workflow-runs.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';
import { Endings } from './endings.ts';

/** Where in history something stands. */
export interface HistoryPlace {
  readonly executionId: string;
  readonly eventId: number;
  /** ms since 1970. */
  readonly timeMs: number;
}

/** An entry of the thread before it is kept. */
export type NewMessage = Omit<MessageRow, 'run_id' | 'processed_at' | 'updated_seq' | keyof typeof PLAIN> &
  Partial<Pick<MessageRow, keyof typeof PLAIN>>;

/** A public event before it gets its number. */
export interface NewEvent {
  readonly type: EventType;
  readonly step?: string;
  readonly attempt?: number;
  readonly turn?: number;
  readonly data: JsonObject;
  readonly causedBy: number | null;
}

export class RunRows {
  readonly run: RunRow;
  readonly steps = new Map<string, StepRow>();
  /** Of the present epoch, by `step#attempt`. */
  attempts = new Map<string, AttemptRow>();
  /** Open model calls of the present epoch, by activity id. */
  calls = new Map<string, CallRow>();
  /** By id. */
  readonly questions = new Map<string, QuestionRow>();
  /** Answers of models that were counted, by their hash. */
  readonly counted = new Set<string>();
  /** What has come to its end. */
  readonly endings: Endings;
  #runChanged = true;
  readonly #steps = new Set<StepRow>();
  readonly #attempts = new Set<AttemptRow>();
  readonly #calls = new Set<CallRow>();
  /** By epoch, step, attempt and turn. */
  readonly #allCalls = new Map<string, CallRow>();
  readonly #questions = new Set<QuestionRow>();
  readonly #messages = new Set<MessageRow>();
  #events: EventRow[] = [];
  #checkpoints: CheckpointRow[] = [];
  #newDepths: number[] = [];
  /** By seq: how many events led to it. */
  readonly #depths: number[] = [0];

  constructor(run: RunRow) {
    this.run = run;
    this.endings = new Endings(run.created_at);
  }

  changeRun(timeMs: number, changes: Partial<RunRow>): void {
    const at = timeOf(timeMs);
    Object.assign(this.run, changes);
    if (at > this.run.updated_at) this.run.updated_at = at;
    this.#runChanged = true;
  }

  changeStep(step: StepRow, changes: Partial<StepRow>): void {
    Object.assign(step, changes);
    this.#steps.add(step);
  }

  changeAttempt(attempt: AttemptRow, changes: Partial<AttemptRow>): void {
    Object.assign(attempt, changes);
    this.#attempts.add(attempt);
  }

  attempt(step: string, attempt: number): AttemptRow | undefined {
    return this.attempts.get(`${step}#${attempt}`);
  }

  changeCall(call: CallRow, changes: Partial<CallRow>): void {
    Object.assign(call, changes);
    this.#calls.add(call);
  }

  /** @param activityId the call's activity */
  addCall(activityId: string, call: CallRow): void {
    const { epoch, step, attempt, turn } = call;
    const key = `${epoch}/${step}#${attempt}/${turn}`;
    this.calls.set(activityId, keep(this.#allCalls, this.#calls, key, call));
  }

  /** A question is asked, or stands again. */
  addQuestion(question: QuestionRow): QuestionRow {
    return keep(this.questions, this.#questions, question.id, question);
  }

  changeQuestion(question: QuestionRow, changes: Partial<QuestionRow>): void {
    Object.assign(question, changes);
    this.#questions.add(question);
  }

  addCheckpoint(checkpoint: CheckpointRow): void {
    this.#checkpoints.push(checkpoint);
  }

  addStep(spec: PlanStep, position: number): StepRow {
    const row = newStepRow(this.run.id, spec, position);
    this.steps.set(spec.key, row);
    this.#steps.add(row);
    return row;
  }

  /** An attempt begins. */
  addAttempt(step: string, attempt: number, scheduledMs: number, changes: Partial<AttemptRow>): AttemptRow {
    const row: AttemptRow = {
      run_id: this.run.id,
      step,
      epoch: this.run.epoch,
      attempt,
      status: 'running',
      category: null,
      error: null,
      worker: null,
      usage: null,
      scheduled_at: timeOf(scheduledMs),
      started_at: null,
      completed_at: null,
      ...changes,
    };
    return keep(this.attempts, this.#attempts, `${step}#${attempt}`, row);
  }

  /** Adds a public event; answers its seq. */
  addEvent(place: HistoryPlace, event: NewEvent): number {
    const previous = this.run.last_seq;
    const seq = previous + 1;
    const row: EventRow = {
      run_id: this.run.id,
      seq,
      type: event.type,
      step: event.step ?? null,
      attempt: event.attempt ?? null,
      data: event.data,
      caused_by: event.causedBy,
      previous: previous === 0 ? null : previous,
      at: timeOf(place.timeMs),
      execution_id: place.executionId,
      event_id: place.eventId,
      turn: event.turn ?? null,
      revision: event.step == null || this.run.revision === 0 ? null : this.run.revision,
    };
    this.#events.push(row);
    this.endings.see(row);
    const depth = event.causedBy === null ? 0 : (this.#depths[event.causedBy] ?? 0) + 1;
    this.#depths.push(depth);
    this.#newDepths.push(depth);
    this.changeRun(place.timeMs, { last_seq: seq });
    return seq;
  }

  /** Adds an entry of the thread, under the seq of its event. */
  addMessage(message: NewMessage): MessageRow {
    const { seq: updated_seq, action_status, created_at } = message;
    const processed_at = isDone(action_status) ? created_at : null;
    const row = { run_id: this.run.id, ...PLAIN, ...message, processed_at, updated_seq };
    this.#messages.add(row);
    return row;
  }

  /** @param seq the event that changes it */
  changeMessage(message: MessageRow, seq: number, changes: Partial<MessageRow>): void {
    Object.assign(message, changes, { updated_seq: seq });
    this.#messages.add(message);
  }

  /** Later attempts count anew. */
  beginEpoch(epoch: number, timeMs: number): void {
    this.endings.beginEpoch(epoch, timeOf(timeMs));
    this.attempts = new Map();
    this.calls = new Map();
    this.run.epoch = epoch;
    this.#runChanged = true;
  }

  /** What changed since the last call, as copies. */
  takeChanges(): Changes {
    const changes: Changes = {
      run: this.#runChanged ? { ...this.run } : null,
      steps: [...this.#steps].map((row) => ({ ...row })),
      attempts: [...this.#attempts].map((row) => ({ ...row })),
      calls: [...this.#calls].map((row) => ({ ...row })),
      questions: [...this.#questions].map((row) => ({ ...row })),
      events: this.#events,
      messages: [...this.#messages].map((row) => ({ ...row })),
      checkpoints: this.#checkpoints,
      causeDepths: this.#newDepths,
      ended: this.endings.take(),
    };
    this.#runChanged = false;
    this.#steps.clear();
    this.#attempts.clear();
    this.#calls.clear();
    this.#questions.clear();
    this.#messages.clear();
    this.#events = [];
    this.#checkpoints = [];
    this.#newDepths = [];
    return changes;
  }
}

/** Takes a row in. One with its key that is there already becomes this one: two of a key are refused by the database. */
function keep<T extends object>(rows: Map<string, T>, changed: Set<T>, key: string, row: T): T {
  const before = rows.get(key);
  const kept = before === undefined ? row : Object.assign(before, row);
  rows.set(key, kept);
  changed.add(kept);
  return kept;
}

/** Of a message that nobody in particular wrote, and nobody has to read. */
const PLAIN = {
  step: null,
  agent: null,
  attempt: null,
  turn: null,
  reason_code: null,
  acknowledged_at: null,
  readers: [],
  said: null,
} as const satisfies Partial<MessageRow>;

/** What a step has not done yet. */
export const BLANK_STEP = {
  status: 'pending',
  attempt: 0,
  revision: null,
  reason: null,
  error: null,
  output: null,
  output_preview: null,
  output_bytes: null,
  tolerated: false,
  started_at: null,
  completed_at: null,
  held: null,
} as const satisfies Partial<StepRow>;

function newStepRow(runId: string, spec: PlanStep, position: number): StepRow {
  return {
    run_id: runId,
    address: spec.key,
    key: spec.key,
    ...describeStep(spec, position),
    ...BLANK_STEP,
    session_id: null,
    turns: 0,
    input_tokens: 0,
    output_tokens: 0,
    total_tokens: 0,
    cost_estimate: 0,
    model: null,
    segments: [],
  };
}

/** What the plan says of a step. */
export function describeStep(spec: PlanStep, position: number) {
  const { title, kind, level, dependencies, capability } = spec;
  const agent = spec.spec.kind === 'agent' ? spec.spec.agent : null;
  return { position, title, kind, level, dependencies, capability, agent };
}
