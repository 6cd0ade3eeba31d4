/**
 * Steps that are no agents propose edits by their result. The step has done its work then, and stays open until it is
 * decided what becomes of the proposal, so that nothing begins in the meantime that was to wait for what it brings.
 * Whatever becomes of it, the step completes with its result.
 */
import { jsonBytes } from '../../../../plan/json.ts';
import type { Json } from '../../../../plan/json.ts';
import type { PlanStep } from '../../../../plan/plan.ts';
import { EDIT_PLAN, TOOL_ACTIVITY } from '../../../../protocol/agent.ts';
import type { ToolActivityInput, ToolActivityOutput } from '../../../../protocol/agent.ts';
import type { SignalMessage } from '../../../../protocol/signals.ts';
import { textOf } from '../../../../protocol/signals.ts';
import type { StepResult, SuppliedValue } from '../../../../protocol/values.ts';
import { changeStep, note, schedule, startTimer, stepOf } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import { infraDelay } from '../../kernel/failures.ts';
import type { Judged } from '../../kernel/failures.ts';
import { isCompleteResult, supplied } from '../../kernel/results.ts';
import { proposingSteps, stepSpec } from '../../kernel/scope.ts';
import type { ProposalState, QuestionState } from '../../kernel/state.ts';
import { CLOSE_MARGIN_MS } from '../../kernel/timeouts.ts';
import { mayMove } from '../../people/pause.ts';
import { effectsOf } from '../../steps/anew.ts';
import { ask, callQuestionId } from '../../steps/questions.ts';
import { refuseOversized } from '../../steps/task-budget.ts';
import { activityStopped, completeStep, mayRetry } from '../../steps/transitions.ts';
import { placeOf } from '../../steps/workspace.ts';
import { AGAIN_MS, decide, planToEdit, policyOf, proposedBy } from './decide.ts';
import type { Proposing } from './decide.ts';
import { askedText } from './words.ts';

const TIMEOUT_MS = 60_000;
/** The place of the proposal among the activities of its step: turns of agents count from 1. */
const TURN = 0;
const INDEX = 0;

/** The step has come to its result: it completes, or first what it proposes is decided. True: it has completed. */
export function completeOrPropose(draft: Draft, step: PlanStep, result: StepResult): boolean {
  if (policyOf(draft, step) === null || !mayRetry(draft, step)) {
    completeStep(draft, step.key, result);
    return true;
  }
  changeStep(draft, step.key, { proposal: { status: 'ready', result, infra: 0 } });
  moveProposal(draft, step);
  return false;
}

/** Goes on with what rested, or waited for the end of a pause. */
export function moveProposals(draft: Draft): void {
  for (const step of proposingSteps(draft)) moveProposal(draft, step);
}

function moveProposal(draft: Draft, step: PlanStep): void {
  const { status, proposal } = stepOf(draft, step.key);
  if (status !== 'running' || proposal?.status !== 'ready') return;
  if (draft.state.drain !== null || mayMove(draft, step.key) === 'rest') return;
  const approved = proposal.approved === true;
  const edits = planToEdit(draft, step, { approved, asks: false });
  if (edits === null) return end(draft, step, proposal, null, 'this step may not propose edits');
  const given = proposal.edited ?? supplied(proposal.result);
  // What does not fit into this task goes with the next.
  if (refuseOversized(draft, step, jsonBytes(given as unknown as Json)) !== null) return;
  changeProposal(draft, step.key, { status: 'running' });
  dispatch(draft, step, given, {
    ...edits,
    ...(proposal.edited === undefined ? { resultOf: step.kind } : {}),
  });
}

function dispatch(
  draft: Draft,
  step: PlanStep,
  given: SuppliedValue,
  edits: NonNullable<ToolActivityInput['edits']>,
): void {
  const { attempt, group } = stepOf(draft, step.key);
  const { id: runId, workflow } = draft.state.run;
  const { queue, path, bound } = placeOf(draft, step);
  const place = { key: step.key, title: step.title, attempt, turn: TURN, index: INDEX };
  const input: ToolActivityInput = {
    run: { id: runId, workflow, version: draft.state.plan?.version ?? '' },
    step: place,
    idempotencyKey: `${effectsOf(draft, step.key)}/${group}/${EDIT_PLAN}`,
    call: { id: '', name: EDIT_PLAN, input: given, preview: '' },
    mcp: null,
    workspace: path,
    timeoutMs: TIMEOUT_MS,
    edits,
  };
  schedule(
    draft,
    { type: 'call', step: step.key, attempt, turn: TURN, index: INDEX },
    {
      activity: TOOL_ACTIVITY,
      queue,
      summary: `${EDIT_PLAN} ${step.title}`.slice(0, 200),
      input,
      startToCloseMs: TIMEOUT_MS + CLOSE_MARGIN_MS,
      ...bound,
    },
  );
}

/** A worker has looked at what the step proposes. */
export function takeProposal(draft: Draft, step: PlanStep, answer: unknown): void {
  const { proposal } = stepOf(draft, step.key);
  if (proposal === undefined) return;
  const output = (answer ?? {}) as Partial<ToolActivityOutput>;
  const { result } = output;
  const proposed = proposedBy(output);
  if (proposed === null) {
    const isWrong = output.isError === true && isCompleteResult(result);
    return end(draft, step, proposal, null, isWrong ? textOfResult(result) : null);
  }
  const outcome = decide(draft, proposed, proposingOf(step, proposal));
  switch (outcome.kind) {
    case 'again':
      return rest(draft, step.key, AGAIN_MS, {});
    case 'asks':
      return askAbout(draft, step, outcome.edit, isCompleteResult(result) ? result : proposal.result);
    case 'refused':
      return end(draft, step, proposal, outcome.code, outcome.why);
    case 'applied':
      return end(draft, step, proposal, null, null);
  }
}

const textOfResult = ({ value, preview }: StepResult): string =>
  typeof value === 'string' ? value : preview;

function proposingOf(step: PlanStep, { approved }: ProposalState): Proposing {
  return {
    step,
    by: step.key,
    from: { step: step.key, turn: null, index: INDEX },
    approved: approved === true,
    asks: false,
  };
}

function askAbout(
  draft: Draft,
  step: PlanStep,
  edit: NonNullable<QuestionState['edit']>,
  edits: StepResult,
): void {
  const { key } = step;
  const { attempt } = stepOf(draft, key);
  const text = askedText(`step "${key}"`, edit);
  changeProposal(draft, key, { status: 'asking' });
  changeStep(draft, key, { status: 'waiting' });
  ask(draft, {
    id: callQuestionId(draft, key, TURN, INDEX),
    kind: 'approval',
    step: key,
    attempt,
    turn: null,
    prompt: { value: text },
    preview: text.split('\n', 1)[0] ?? '',
    form: null,
    call: { id: EDIT_PLAN, name: EDIT_PLAN, input: supplied(edits), preview: edits.preview },
    edit,
    approvers: policyOf(draft, step)?.approvers ?? [],
    needed: 1,
    notStarter: false,
    timeoutMs: null,
  });
  note(draft, { type: 'step_asking', step: key, attempt });
}

/** A person has said yes, or no, or yes to other edits. The question is closed. */
export function takeProposalAnswer(draft: Draft, key: string, message: SignalMessage): void {
  const { attempt, proposal } = stepOf(draft, key);
  if (proposal === undefined) return;
  const { decision, answer = null, by } = message;
  changeStep(draft, key, { status: 'running' });
  note(draft, { type: 'step_going_on', step: key, attempt });
  if (decision === 'approve' || decision === 'edit') {
    const edited = decision === 'edit' ? { edited: { value: answer } } : {};
    return changeProposal(draft, key, { status: 'ready', approved: true, ...edited });
  }
  const reason = textOf(message);
  const why = `${by ?? 'a person'} declined${reason === null ? '' : `: ${reason}`}`;
  end(draft, stepSpec(draft, key), proposal, null, why);
}

/** The machinery failed: tried again after a while, and in the end the step completes without. */
export function failProposal(draft: Draft, step: PlanStep, { error }: Judged): void {
  const { proposal } = stepOf(draft, step.key);
  if (proposal === undefined) return;
  if (!mayRetry(draft, step)) return activityStopped(draft, step.key);
  const infra = proposal.infra + 1;
  const delay = error.category === 'TASK_ERROR' ? null : infraDelay(infra);
  if (delay === null) return end(draft, step, proposal, null, error.message);
  rest(draft, step.key, delay, { infra });
}

function rest(draft: Draft, key: string, ms: number, changes: Partial<ProposalState>): void {
  changeProposal(draft, key, { ...changes, status: 'resting' });
  startTimer(draft, 'tool', ms, `retry ${EDIT_PLAN}`, key);
}

/** It was stopped by a pause, or its rest is over. */
export function resumeProposal(draft: Draft, key: string): void {
  const { proposal } = stepOf(draft, key);
  if (proposal !== undefined && proposal.status !== 'asking') changeProposal(draft, key, { status: 'ready' });
}

function changeProposal(draft: Draft, key: string, changes: Partial<ProposalState>): void {
  const { proposal } = stepOf(draft, key);
  if (proposal !== undefined) changeStep(draft, key, { proposal: { ...proposal, ...changes } });
}

/** @param refused why it came to nothing; null: it did not */
function end(
  draft: Draft,
  { key }: PlanStep,
  { result }: ProposalState,
  code: Extract<ReturnType<typeof decide>, { kind: 'refused' }>['code'] | null,
  refused: string | null,
): void {
  const { proposal: _, ...rest } = stepOf(draft, key);
  draft.steps[key] = rest;
  const { attempt } = rest;
  if (refused !== null) note(draft, { type: 'proposal_refused', step: key, attempt, code, reason: refused });
  completeStep(draft, key, result);
}
