/** The run's own transitions and the receipts of commands, as the core noted them, into rows and events. */
import { isDeeperThan, TOO_DEEP } from '../../plan/depth.ts';
import type { Json } from '../../plan/json.ts';
import { since, tellsStops } from '../../workflows/core/index.ts';
import type { Note, RunState } from '../../workflows/core/index.ts';
import type { SourcedFact } from './execution-fold.ts';
import { announcePlan } from './announce-plan.ts';
import { endRun } from './end-run.ts';
import { causeTold } from './cause-told.ts';
import { commentOn } from './comments.ts';
import { recordCommand, recordMessage } from './messages.ts';
import { timeOf } from './rows.ts';
import { BLANK_STEP, describeStep } from './run-rows.ts';
import type { Place } from './run-rows.ts';
import type { AgentNote } from './record-agent-notes.ts';
import type { QuestionNote } from './record-question-notes.ts';
import type { MessageNote } from './record-message-notes.ts';
import { identityOf, NOT_PAUSED, recordPauseNote } from './record-pause-notes.ts';
import type { StepNote } from './record-step-notes.ts';
import type { WorkspaceNote } from './record-workspace-notes.ts';
import { limitsJson } from '../../protocol/limits.ts';
import { outputFields } from './step-fields.ts';
import type { View } from './view.ts';

export type RunNote = Exclude<Note, StepNote | AgentNote | QuestionNote | MessageNote | WorkspaceNote>;

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
    case 'pause_draining':
    case 'pause_drained':
    case 'run_resumed':
      recordPauseNote(view, place, note, origin);
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
        result: note.output,
      });
      return null;
    case 'run_failed':
      endRun(view, place, failureOf(view, note, origin.state));
      return null;
    case 'run_redirected':
      recordRedirected(view, place, note.to);
      return origin.causedBy;
    case 'run_cancelled': {
      const { reason } = note;
      const message = causeTold(view, note.message, origin.state);
      endRun(view, place, { status: 'cancelled', reason, error: { type: reason, message, step: null } });
      return null;
    }
    case 'run_continued':
    // What it says stood in the execution's arguments, and was told at its start.
    case 'run_reopened':
      return null;
    case 'command':
      return recordCommand(
        view,
        origin.source,
        note,
        origin.answers === null ? null : view.causes.ofQuestion(origin.answers),
      );
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
  if (state.plan !== null && since(state, 'told_plans')) announcePlan(view, place, state.plan);
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
  view.tellsStops = tellsStops(state);
  view.rows.changeRun(place.timeMs, {
    workflow: plan.name,
    version: plan.version,
    plan_hash: plan.hash,
    inputs: rawInputs(state.inputs),
    labels: state.labels,
    limits: limitsJson(state.spent.limits),
  });
  plan.steps.forEach((spec, position) => {
    const row = view.rows.steps.get(spec.key);
    if (row === undefined) view.rows.addStep(spec, position);
    else view.rows.changeStep(row, describeStep(spec, position));
  });
}

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
          code: null,
          reason: null,
          content: reason,
          by,
          details: {},
          key: null,
        });
  const { run } = view.rows;
  const from = run.status;
  view.rows.changeRun(place.timeMs, {
    status: 'running',
    ...NOT_PAUSED,
    cancel_requested_at: timeOf(place.timeMs),
    metadata: { ...run.metadata, ended_by: { action: note.redirected ? 'redirect' : 'cancel', by, reason } },
  });
  const redirecting = note.redirected ? true : null;
  const data = { from, to: 'running', cancelling: true, redirecting, reason, by };
  const seq = view.runEvent(place, data, cause);
  view.causes.ending = seq;
  if (note.redirected) {
    const content = 'Creating new workflow with updated instructions...';
    commentOn(view, place, seq, { content, step: null });
  }
  return seq;
}

/** The run that takes this one's place is there. */
function recordRedirected(view: View, place: Place, to: string): void {
  const { status, lineage } = view.rows.run;
  view.rows.changeRun(place.timeMs, { lineage: { ...lineage, redirected_to: to } });
  const seq = view.runEvent(place, { from: status, to: status, redirected_to: to }, view.causes.ofEnd());
  const content = `Original workflow cancelled, new workflow ${to} created`;
  commentOn(view, place, seq, { content, step: null });
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

/** Inputs as they came, before anybody has checked them. */
export function rawInputs(value: unknown): Json {
  if (isDeeperThan(value)) return { $unreadable: TOO_DEEP };
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
