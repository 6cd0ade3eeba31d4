/**
 * Rows follow from state.
 *
 * After a decision the rows of what it has touched are brought to the state; untouched steps keep their identity there, so
 * that is a cheap look. Where a state is taken up from nowhere (a reset, a run whose beginning nobody has) all rows are
 * brought to it. Either way what no note has told is told here: a step's status that has moved, a question or a message
 * that stands again.
 */
import { limitsJson } from '../../protocol/limits.ts';
import { hasEnded, isSettled } from '../../protocol/status.ts';
import type { RunState, StepState } from '../../workflows/core/index.ts';
import { difference } from './difference.ts';
import { BLANK_STEP } from './record/run-rows.ts';
import type { HistoryPlace } from './record/run-rows.ts';
import type { View } from './record/view.ts';
import { openStatus, pauseColumns } from './rows/run.ts';
import { isSameEnd, movedColumns, personColumns, wholeColumns } from './rows/steps.ts';
import { causeTold } from './rows/stop-cause.ts';
import type { RunRow } from '../../tables/projected/workflow-runs.ts';
import type { StepRow } from '../../tables/projected/workflow-step-executions.ts';
import { timeOf } from './rows.ts';
import { describePlan } from './told/plan.ts';
import { bringQuestions } from './told/questions.ts';
import { bringMessages } from './told/restored-messages.ts';

/** After a decision. @param before the state that the rows show; null: there was none in this branch */
export function showDecision(
  view: View,
  place: HistoryPlace,
  before: RunState | null,
  after: RunState,
): void {
  // A closed run that goes on is what it was until its plan says what of it is open again.
  if (after.continuation !== null) return;
  const isEnded = hasEnded(view.rows.run);
  if (!isEnded) {
    if (after.plan?.hash !== before?.plan?.hash) describePlan(view, place, after);
    if (after.spent.limits !== before?.spent.limits) showLimits(view, place, after);
  }
  // A run that was ended while it was paused says so.
  if (after.paused !== (before?.paused ?? null) && !(isEnded && after.paused !== null))
    showPause(view, place, after);
  if (after.workspace !== before?.workspace) showWorkspace(view, place, after);
  if (before !== null && after.inbox !== before.inbox && isUnread(before, after))
    bringMessages(view, place, after);
  if (after.steps === before?.steps) return;
  for (const row of view.rows.steps.values()) {
    const step = after.steps[row.key];
    const was = before?.steps[row.key];
    if (step === undefined || step === was || isSameEnd(step, row)) continue;
    if (step.held !== was?.held || step.agent?.segment.limits !== was?.agent?.segment.limits)
      followPeople(view, row, step);
    // Told of nothing: the end of the run has the last word, and what may begin stands as it did until it does.
    const isUntold = view.standing(row).status === row.status;
    if (isUntold && (isEnded || step.status === 'pending' || showsSame(was, step))) continue;
    showStep(view, place, after, row, { step, columns: movedColumns(step, row, timeOf(place.timeMs)) });
  }
}

/** Had somebody read a message who begins anew, so that he is to read it again? */
function isUnread(before: RunState, after: RunState): boolean {
  const beginsAnew = (step: string): boolean => {
    const { anew } = after.steps[step] ?? {};
    return anew !== undefined && anew !== before.steps[step]?.anew;
  };
  return before.inbox.some(({ recipients }) =>
    recipients?.some(({ step, turn }) => turn !== null && beginsAnew(step)),
  );
}

/** Brings all rows to a state, whatever they show. @param state null: nothing has been decided */
export function showWhole(view: View, place: HistoryPlace, state: RunState | null): void {
  if (state !== null) {
    followRun(view, place, { status: openStatus(state) });
    showPause(view, place, state);
    describePlan(view, place, state);
    showWorkspace(view, place, state);
  }
  for (const row of view.rows.steps.values()) {
    const step = state?.steps[row.key];
    if (step === undefined && state?.plan != null) continue;
    if (step !== undefined && isSameEnd(step, row)) continue;
    const columns = step === undefined ? BLANK_STEP : wholeColumns(step, row);
    showStep(view, place, state, row, { step, columns });
  }
  showWaiting(view, place, state);
}

/** What waits for people or agents in the state waits in the rows too, and nothing else. */
export function showWaiting(view: View, place: HistoryPlace, state: RunState | null): void {
  bringQuestions(view, place, state);
  bringMessages(view, place, state);
}

/** The state of an agent's step changes with each turn, and its row's columns do not. */
function showsSame(before: StepState | undefined, { status, attempt, error, startedAt }: StepState): boolean {
  return (
    before?.status === status &&
    before.attempt === attempt &&
    before.error === error &&
    before.startedAt === startedAt &&
    !isSettled(status)
  );
}

interface ShownStep {
  readonly step: StepState | undefined;
  readonly columns: Partial<StepRow> & Pick<StepRow, 'status'>;
}

function showStep(
  view: View,
  place: HistoryPlace,
  state: RunState | null,
  row: StepRow,
  { step, columns }: ShownStep,
): void {
  const { status, attempt = view.standing(row).attempt } = columns;
  if (view.standing(row).status !== status) {
    view.moveStep(place, row, { status, attempt }, { causedBy: view.causes.start });
  }
  const isStopped = state !== null && step?.status === 'cancelled' && step.reason !== undefined;
  const why = isStopped ? { reason: causeTold(view, step.reason, state) } : {};
  followStep(view, row, { ...columns, ...why });
}

/** Whatever the step's status is, and however it is told. */
function followPeople(view: View, row: StepRow, step: StepState): void {
  const columns = personColumns(step, row);
  const isSame = difference(row.held, columns.held) === null && row.segments === columns.segments;
  if (!isSame) view.rows.changeStep(row, columns);
}

/** A row that says it all already is not written. */
function followStep(view: View, row: StepRow, columns: Partial<StepRow>): void {
  for (const name in columns) {
    if (row[name as keyof StepRow] !== columns[name as keyof StepRow]) return view.writeStep(row, columns);
  }
}

function showPause(view: View, place: HistoryPlace, state: RunState): void {
  const at = timeOf(place.timeMs);
  followRun(view, place, pauseColumns(state, view.rows.run, view.pausedBy, at));
}

function showLimits(view: View, place: HistoryPlace, { plan, spent }: RunState): void {
  if (plan !== null) followRun(view, place, { limits: limitsJson(spent.limits) });
}

/** Where it was last stays told while it is made anew. */
function showWorkspace(view: View, place: HistoryPlace, { workspace }: RunState): void {
  if (workspace?.path != null) followRun(view, place, { workspace_path: workspace.path });
}

/** A row that says it all already is not written. */
function followRun(view: View, place: HistoryPlace, columns: Partial<RunRow>): void {
  const { run } = view.rows;
  const names = Object.keys(columns) as (keyof RunRow)[];
  if (names.every((name) => difference(run[name], columns[name]) === null)) return;
  view.rows.changeRun(place.timeMs, columns);
}
