/**
 * The plan of a run: what it says of run and steps, and the event that the run has it. Of very many steps the first are
 * told there; all stand in `GET /runs/:id/steps`.
 */
import type { JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import { since } from '../../../workflows/core/index.ts';
import type { Note, ProposedBy, RunState } from '../../../workflows/core/index.ts';
import { BLANK_STEP, describeStep } from '../record/run-rows.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';
import { planColumns } from '../rows/run.ts';
import { comment, commentOn } from '../record/comments.ts';
import { callPlace } from '../record/describe-call.ts';
import { editJson, editText, rerunJson, rerunText } from '../record/edit-words.ts';
import { present } from '../record/view.ts';

/** Readers get events whole. */
const MAX_STEPS = 200;

/** The plan is known: every step has its row, and nothing has been done yet. */
export function tellPlan(view: View, place: HistoryPlace, state: RunState): void {
  describePlan(view, place, state);
  if (state.plan !== null && since(state, 'told_plans')) announcePlan(view, place, state.plan);
  for (const row of view.rows.steps.values()) {
    if (view.spec(row.key) !== undefined) view.writeStep(row, { ...BLANK_STEP, segments: [] });
  }
}

/** What a step has proposed comes to nothing. */
export function tellRefusedProposal(
  view: View,
  place: HistoryPlace,
  { step, code, reason }: Extract<Note, { readonly type: 'proposal_refused' }>,
): void {
  const row = view.rows.steps.get(step) ?? null;
  const content = `Proposed edit of the plan refused${code === null ? '' : ` (${code})`}: ${reason}`;
  comment(view, place, { content, step: row, metadata: present({ code }) }, view.causes.ofAttempt(step));
}

/** People, or a step, have changed the plan. Answers the seq of its event. */
export function tellEdit(
  view: View,
  place: HistoryPlace,
  {
    revision,
    version,
    hash,
    edit,
    rerun,
    stepCount,
    by,
    reason,
    proposed,
  }: Extract<Note, { readonly type: 'plan_edited' }>,
  { state, causedBy }: { readonly state: RunState; readonly causedBy: number | null },
): number {
  describePlan(view, place, state);
  for (const key of edit.added) {
    const row = view.rows.steps.get(key);
    // A step of this name may have been there before.
    if (row !== undefined) view.writeStep(row, { ...BLANK_STEP, segments: [] });
  }
  const what = { ...editJson(edit), ...rerunJson(rerun) };
  const told = present({ by, reason, proposed_by: proposed?.step ?? null });
  const seq = view.rows.addEvent(place, {
    type: 'plan',
    data: { version, hash, revision, step_count: stepCount, ...told, ...what },
    causedBy: causedBy ?? (proposed === undefined ? view.causes.start : causeOf(view, proposed)),
  });
  const changed = [editText(edit), rerunText(rerun)].filter((text) => text !== '').join('; ');
  const content = `Plan edited, revision ${revision}: ${changed}`;
  commentOn(view, place, seq, { content, step: null, metadata: { revision, ...what } });
  return causedBy ?? seq;
}

/** The call by which an agent has proposed it, else what its step has done last. */
function causeOf(view: View, { step, turn, index }: ProposedBy): number | null {
  return turn === null ? view.causes.ofAttempt(step) : view.causes.ofCall(step, callPlace(turn, index));
}

/** What the plan says, in the rows of run and steps. Steps that it does not have are none of the run's any more. */
export function describePlan(view: View, place: HistoryPlace, state: RunState): void {
  const { plan } = state;
  if (plan === null) return;
  view.plan = plan;
  view.rows.changeRun(place.timeMs, planColumns(state));
  plan.steps.forEach((spec, position) => {
    const row = view.rows.steps.get(spec.key);
    if (row === undefined) view.rows.addStep(spec, position);
    else view.rows.changeStep(row, describeStep(spec, position));
  });
  for (const row of view.rows.steps.values()) {
    if (view.spec(row.key) === undefined) view.writeStep(row, { status: 'superseded' });
  }
}

function announcePlan(view: View, place: HistoryPlace, plan: Plan): void {
  const { version, hash, steps } = plan;
  const told: JsonObject[] = steps
    .slice(0, MAX_STEPS)
    .map(({ key, kind, dependencies }) => ({ key, kind, dependencies: [...dependencies] }));
  view.rows.addEvent(place, {
    type: 'plan',
    data: { version, hash, revision: view.rows.run.revision, step_count: steps.length, steps: told },
    causedBy: view.causes.start,
  });
}
