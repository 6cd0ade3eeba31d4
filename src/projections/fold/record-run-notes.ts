/** The run's own transitions and the receipts of commands, as the core noted them, into rows and events. */
import type { Json } from '../../plan/json.ts';
import type { Note, RunState } from '../../workflows/core/index.ts';
import type { SourcedFact } from './execution-fold.ts';
import { endRun } from './end-run.ts';
import { recordMessage } from './messages.ts';
import { timeOf } from './rows.ts';
import { BLANK_STEP, describeStep } from './run-rows.ts';
import type { Place } from './run-rows.ts';
import type { AgentNote } from './record-agent-notes.ts';
import type { QuestionNote } from './record-question-notes.ts';
import { outputFields } from './record-step-notes.ts';
import type { StepNote } from './record-step-notes.ts';
import type { WorkspaceNote } from './record-workspace-notes.ts';
import { limitsJson } from './segments.ts';
import type { View } from './view.ts';

export type RunNote = Exclude<Note, StepNote | AgentNote | QuestionNote | WorkspaceNote>;

/** What a note came from. */
export interface Origin {
  readonly source: SourcedFact | null;
  /** The event of the command that led to it. */
  readonly causedBy: number | null;
  /** The question that a command has answered. */
  readonly answers: string | null;
  /** The state after the whole task. */
  readonly state: RunState;
}

/** Answers the seq that what follows from the same fact refers to. */
export function recordRunNote(view: View, place: Place, note: RunNote, origin: Origin): number | null {
  switch (note.type) {
    case 'run_started':
      startRunning(view, place);
      return null;
    case 'run_planned':
      takePlan(view, place, origin.state);
      return null;
    case 'run_paused':
    case 'run_resumed':
    case 'pause_drained':
      recordPause(view, place, note, origin);
      return origin.causedBy;
    case 'run_cancelling':
      return recordCancelling(view, place, note, origin);
    case 'run_completed':
      endRun(view, place, {
        status: 'completed',
        reason: 'completed',
        error: null,
        output: outputFields(note.output).output,
        preview: note.output.preview,
      });
      return null;
    case 'run_failed':
      endRun(view, place, failureOf(view, note, origin.state));
      return null;
    case 'run_cancelled':
      endRun(view, place, {
        status: 'cancelled',
        reason: 'cancelled',
        error: { type: 'cancelled', message: note.message, step: null },
      });
      return null;
    case 'run_continued':
    // What it says stood in the execution's arguments, and was told at its start.
    case 'run_reopened':
      return null;
    case 'command':
      return recordMessage(view, origin.source, {
        id: note.id,
        name: note.name,
        signal: note.signal,
        status: note.status,
        reason: note.reason,
        content: note.content,
        by: note.by,
        causedBy: origin.answers === null ? null : view.causes.ofQuestion(origin.answers),
      });
  }
}

/** The first task is done. */
export function startRunning(view: View, place: Place): void {
  const from = view.rows.run.status;
  view.rows.changeRun(place.timeMs, { status: 'running', started_at: timeOf(place.timeMs) });
  view.runEvent(place, { from, to: 'running' }, view.causes.start);
}

/** The plan is known: every step gets its row, and nothing has been done yet. */
function takePlan(view: View, place: Place, state: RunState): void {
  describePlan(view, place, state);
  for (const row of view.rows.steps.values()) {
    const isKnown = view.spec(row.key) !== undefined;
    view.rows.changeStep(row, isKnown ? { ...BLANK_STEP, segments: [] } : { status: 'superseded' });
  }
}

/** What the plan says, in the rows of run and steps; steps that it does not have are left alone. */
export function describePlan(view: View, place: Place, state: RunState): void {
  const { plan } = state;
  if (plan === null) return;
  view.plan = plan;
  view.rows.changeRun(place.timeMs, {
    workflow: plan.name,
    version: plan.version,
    plan_hash: plan.hash,
    inputs: state.inputs,
    labels: state.labels,
    limits: limitsJson((state.spent as RunState['spent'] | undefined)?.limits ?? plan.limits ?? NO_LIMITS),
  });
  plan.steps.forEach((spec, position) => {
    const row = view.rows.steps.get(spec.key);
    if (row === undefined) view.rows.addStep(spec, position);
    else view.rows.changeStep(row, describeStep(spec, position));
  });
}

/** Of runs that were started before there were limits. */
const NO_LIMITS = {
  maxTurns: null,
  maxTokens: null,
  maxCostMicros: null,
  maxDurationMs: null,
  onLimit: 'fail',
} as const;

type PauseNote = Extract<RunNote, { readonly type: 'run_paused' | 'run_resumed' | 'pause_drained' }>;

function recordPause(view: View, place: Place, note: PauseNote, { source, causedBy }: Origin): void {
  const at = timeOf(place.timeMs);
  const from = view.rows.run.status;
  if (note.type === 'pause_drained') {
    view.rows.changeRun(place.timeMs, { pause_drained_at: at });
    view.runEvent(
      place,
      { from, to: from, drained: true, reason: 'nothing is open any more' },
      view.causes.lastSettled,
    );
    return;
  }
  const by = note.by ?? identityOf(source);
  if (note.type === 'run_paused') {
    const { reason } = note;
    view.rows.changeRun(place.timeMs, {
      status: 'paused',
      is_paused: true,
      pause_requested_at: at,
      pause_reason: reason,
      pause_drained_at: null,
    });
    view.runEvent(place, { from, to: 'paused', reason, by }, causedBy);
    return;
  }
  view.rows.changeRun(place.timeMs, { status: 'running', ...NOT_PAUSED });
  const timed_out = note.timedOut ? true : null;
  view.runEvent(place, { from, to: 'running', reason: note.reason, by, timed_out }, causedBy);
}

export const NOT_PAUSED = {
  is_paused: false,
  pause_requested_at: null,
  pause_reason: null,
  pause_drained_at: null,
} as const;

function recordCancelling(
  view: View,
  place: Place,
  note: Extract<RunNote, { readonly type: 'run_cancelling' }>,
  { source, causedBy }: Origin,
): number {
  const request = source?.event.kind === 'cancel_requested' ? source.event : null;
  const by = note.by ?? identityOf(source);
  const reason = note.reason ?? request?.cause ?? null;
  // Temporal's own request, from the CLI or the Web UI, stands in the thread like a command.
  const cause =
    request === null
      ? causedBy
      : recordMessage(view, source, {
          id: null,
          name: 'cancel',
          signal: null,
          status: 'processed',
          reason: null,
          content: reason,
          by,
        });
  const { run } = view.rows;
  const from = run.status;
  view.rows.changeRun(place.timeMs, {
    status: 'running',
    ...NOT_PAUSED,
    cancel_requested_at: timeOf(place.timeMs),
    metadata: { ...run.metadata, ended_by: { action: 'cancel', by, reason } },
  });
  view.causes.ending = view.runEvent(place, { from, to: 'running', cancelling: true, reason, by }, cause);
  return view.causes.ending;
}

/** At a limit the run's error says what it needs. */
function failureOf(view: View, note: Extract<RunNote, { readonly type: 'run_failed' }>, state: RunState) {
  const { reason, step } = note;
  const type = step === null ? reason : (state.steps[step]?.error?.type ?? reason);
  const status = reason === 'error_timeout' ? ('timed_out' as const) : ('failed' as const);
  const need = type.startsWith('error_') ? (view.limitNeed(step) ?? view.limitNeed(null)) : undefined;
  const message = need?.message ?? note.message;
  return { status, reason, error: { type, message, step } };
}

/** Who did it, as Temporal was told. */
function identityOf(source: SourcedFact | null): string | null {
  const event = source?.event;
  return event?.kind === 'signaled' || event?.kind === 'cancel_requested' ? event.identity : null;
}

/** Inputs as they came, before anybody has checked them. */
export function rawInputs(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
