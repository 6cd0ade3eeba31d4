/** The run's own transitions and the receipts of commands, as the core noted them, into events and the thread. */
import type { Note, RunState } from '../../../workflows/core/index.ts';
import type { SourcedFact } from '../execution-fold.ts';
import { tellEdit, tellPlan, tellRefusedProposal } from './plan.ts';
import { endRun } from './end-run.ts';
import { causeTold } from '../rows/stop-cause.ts';
import { commentOn } from '../record/comments.ts';
import { recordCommand, recordMessage } from './messages.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { AgentNote } from './agents.ts';
import type { QuestionNote } from './questions.ts';
import type { MessageNote } from './receipts.ts';
import { identityOf, tellPause } from './pauses.ts';
import type { PersonNote } from './single-steps.ts';
import type { StepNote } from './steps.ts';
import type { WorkspaceNote } from './workspace.ts';
import { outputColumns } from '../rows/steps.ts';
import type { View } from '../record/view.ts';

export type RunNote = Exclude<
  Note,
  StepNote | AgentNote | QuestionNote | MessageNote | WorkspaceNote | PersonNote
>;

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
export function tellRun(view: View, place: HistoryPlace, note: RunNote, origin: Origin): number | null {
  switch (note.type) {
    case 'run_begun':
      startRunning(view, place);
      return null;
    case 'run_planned':
      tellPlan(view, place, origin.state);
      return null;
    case 'plan_edited':
      return tellEdit(view, place, note, origin);
    case 'run_paused':
    case 'pause_draining':
    case 'pause_drained':
    case 'run_resumed':
      tellPause(view, place, note, origin);
      return origin.causedBy;
    case 'run_cancelling':
      return tellCancelling(view, place, note, origin);
    case 'run_completed':
      endRun(view, place, {
        status: 'completed',
        reason: 'completed',
        error: null,
        output: outputColumns(note.output).output,
        preview: note.output.preview,
        result: note.output,
      });
      return null;
    case 'run_failed':
      endRun(view, place, failureOf(view, note, origin.state));
      return null;
    case 'run_redirected':
      tellRedirected(view, place, note.to);
      return origin.causedBy;
    case 'run_cancelled': {
      const { reason } = note;
      const message = causeTold(view, note.message, origin.state);
      endRun(view, place, { status: 'cancelled', reason, error: { type: reason, message, step: null } });
      return null;
    }
    case 'proposal_refused':
      tellRefusedProposal(view, place, note);
      return null;
    case 'continued_as_new':
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
export function startRunning(view: View, place: HistoryPlace): void {
  view.rows.changeRun(place.timeMs, { started_at: timeOf(place.timeMs) });
  view.moveRun(place, 'running', {}, view.causes.start);
}

function tellCancelling(
  view: View,
  place: HistoryPlace,
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
  view.rows.changeRun(place.timeMs, {
    cancel_requested_at: timeOf(place.timeMs),
    metadata: { ...run.metadata, ended_by: { action: note.redirected ? 'redirect' : 'cancel', by, reason } },
  });
  const redirecting = note.redirected ? true : null;
  const data = { cancelling: true, redirecting, reason, by };
  const seq = view.moveRun(place, 'running', data, cause);
  view.causes.ending = seq;
  if (note.redirected) {
    const content = 'Creating new workflow with updated instructions...';
    commentOn(view, place, seq, { content, step: null });
  }
  return seq;
}

/** The run that takes this one's place is there. */
function tellRedirected(view: View, place: HistoryPlace, to: string): void {
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
