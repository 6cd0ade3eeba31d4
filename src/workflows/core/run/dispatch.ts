/**
 * Starts what is ready: scope by scope, in plan order, within the windows, within the bytes one task may carry.
 *
 * A step with `parallel: false` starts only when nothing else is open in its scope, and holds back what stands behind it until then,
 * so that it is not starved. Steps that the workflow evaluates itself settle at once and may ready others: the pass
 * is repeated until nothing changes.
 */
import { writeJson } from '../../../plan/exact-json.ts';
import { jsonBytes } from '../../../plan/json.ts';
import { parseDuration } from '../../../plan/duration.ts';
import type { PlanStep, StepSpec } from '../../../plan/plan.ts';
import type { TemplateNode } from '../../../plan/template.ts';
import type { StepActivityInput } from '../../../protocol/activity.ts';
import { attemptId, turnId } from '../kernel/activity-ids.ts';
import { agentOf, isAgentStep, newAgent } from '../kinds/agent/agent-state.ts';
import type { AgentStep } from '../kinds/agent/agent-state.ts';
import { moveAgent } from '../kinds/agent/loop.ts';
import { askPeople, textResult } from '../kinds/ask-step.ts';
import { isSettled } from '../kernel/state.ts';
import { Rooms } from './rooms.ts';
import { beginScopes, endScopes, openScopes } from './scopes.ts';
import type { ScopeOwners } from './scopes.ts';
import { yieldTask } from './yield-task.ts';
import { placeOf, workspaceFor } from './workspace.ts';
import { beginAttempt, completeStep, failStep, skipStep } from './steps.ts';
import { changeStep, note, schedule, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateTemplate } from '../kernel/evaluation.ts';
import { stepError } from '../kernel/failures.ts';
import { openLevel, readinessOf } from './readiness.ts';
import { scopesOf } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { inlineResult } from '../kernel/results.ts';
import { CLOSE_MARGIN_MS, DEFAULT_TIMEOUT_MS } from '../kernel/timeouts.ts';
import { suppliedValues } from '../kernel/values.ts';
import { since } from '../kernel/versions.ts';

/** Most bytes of activity inputs in one task; 4 MB in one request terminate a run. */
const TASK_BYTES = 1_500_000;
/**
 * What became of an attempt to start a step. `held`: nothing more may start in its scope; `full`: nothing in this task.
 */
type Outcome = 'started' | 'settled' | 'blocked' | 'held' | 'full';

export function dispatch(draft: Draft, owners: ScopeOwners): void {
  let again = true;
  while (again) {
    const hasSettled = pass(draft, owners);
    const hasEnded = endScopes(draft, owners);
    again = openScopes(draft, owners) || hasEnded || hasSettled;
  }
}

/** One look at every pending step; true when one settled, so that a further look may find more. */
function pass(draft: Draft, owners: ScopeOwners): boolean {
  const rooms = new Rooms(draft);
  let hasSettled = false;
  for (const scope of scopesOf(draft)) {
    const outcome = passScope(draft, scope, rooms, owners);
    if (outcome.hasSettled) hasSettled = true;
    if (outcome.isFull) break;
  }
  return hasSettled;
}

function passScope(draft: Draft, scope: Scope, rooms: Rooms, owners: ScopeOwners) {
  const level = openLevel(draft, scope);
  let hasSettled = false;
  for (const step of scope.part.steps) {
    if (!rooms.hasRoom(scope)) break;
    if (stepOf(draft, step.key).status !== 'pending' || step.level > level) continue;
    const outcome = consider(draft, step, rooms.isEmpty(scope), owners);
    if (outcome === 'full') return { hasSettled, isFull: true };
    if (outcome === 'held') break;
    if (outcome === 'settled') hasSettled = true;
    if (outcome === 'started') rooms.take(scope, step);
  }
  return { hasSettled, isFull: false };
}

/** @param isAlone nothing else is open in its scope */
function consider(draft: Draft, step: PlanStep, isAlone: boolean, owners: ScopeOwners): Outcome {
  const readiness = readinessOf(draft, step);
  switch (readiness.kind) {
    case 'blocked':
      return 'blocked';
    case 'later':
      return yieldRest(draft);
    case 'skip':
      skipStep(draft, step.key, readiness.reason);
      return 'settled';
    case 'fail':
      failStep(
        draft,
        step.key,
        stepError(readiness.code, readiness.message, stepOf(draft, step.key).attempt),
      );
      return 'settled';
    case 'ready':
      return step.parallel || isAlone ? startInPlace(draft, step, owners) : 'held';
  }
}

/** A step that works in the workspace starts when it is there. */
function startInPlace(draft: Draft, step: PlanStep, owners: ScopeOwners): Outcome {
  if (owners(step) !== undefined) {
    beginScopes(draft, step);
    return 'started';
  }
  const place = workspaceFor(draft, step);
  if (place === 'ready') return start(draft, step);
  if (place === 'wait') return 'blocked';
  const attempt = beginAttempt(draft, step, 'running');
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
  failStep(draft, step.key, { ...place, attempt });
  return 'settled';
}

function start(draft: Draft, step: PlanStep): Outcome {
  if (isAgentStep(step)) return startAgent(draft, step);
  if (step.spec.kind === 'ask') return startAsk(draft, step, step.spec.prompt);
  if (step.spec.kind === 'transform') return startTransform(draft, step);
  if (step.spec.kind === 'wait') return startWait(draft, step);
  return startActivity(draft, step);
}

/** The agent's first turn, or the one that failed, again. */
function startAgent(draft: Draft, step: AgentStep): Outcome {
  const { agent } = stepOf(draft, step.key);
  if (agent === undefined) {
    const bytes = jsonBytes(suppliedValues(draft, step.uses) as never) + jsonBytes(step.spec as never);
    const refused = refuseOversized(draft, step, bytes);
    if (refused !== null) return refused;
  }
  const attempt = beginAttempt(draft, step, 'running');
  if (agent === undefined) {
    changeStep(draft, step.key, { agent: newAgent(step, draft.at.now, draft.state.briefing) });
  }
  const { turns, phase } = agentOf(draft, step.key);
  const activityId = phase === 'call' ? turnId(step.key, attempt, turns + 1) : attemptId(step.key, attempt);
  note(draft, { type: 'step_started', step: step.key, attempt, activityId });
  if (agent === undefined) noteFirstSegment(draft, step);
  moveAgent(draft, step);
  return isSettled(stepOf(draft, step.key).status) ? 'settled' : 'started';
}

function noteFirstSegment(draft: Draft, step: AgentStep): void {
  const { limits } = agentOf(draft, step.key).segment;
  note(draft, { type: 'segment_started', step: step.key, segment: 1, limits, message: null, by: null });
}

function startAsk(draft: Draft, step: PlanStep, prompt: TemplateNode): Outcome {
  const answer = evaluateTemplate(draft, { node: prompt, uses: step.uses });
  if (answer.kind === 'later') return yieldRest(draft);
  if (answer.kind === 'elsewhere') return startActivity(draft, step, { kind: 'transform', value: prompt });
  const attempt = beginAttempt(draft, step, 'waiting');
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
  if (answer.kind === 'value') {
    askPeople(draft, step, textResult(answer.value));
    return 'started';
  }
  failStep(draft, step.key, stepError(answer.code, `ask: ${answer.message}`, attempt));
  return 'settled';
}

function startTransform(draft: Draft, step: PlanStep): Outcome {
  if (step.spec.kind !== 'transform') return 'blocked';
  const answer = evaluateTemplate(draft, { node: step.spec.value, uses: step.uses });
  if (answer.kind === 'later') return yieldRest(draft);
  if (answer.kind === 'elsewhere') return startActivity(draft, step);
  const attempt = beginAttempt(draft, step, 'running');
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: null });
  if (answer.kind === 'value') completeStep(draft, step.key, inlineResult(answer.value));
  else failStep(draft, step.key, stepError(answer.code, answer.message, attempt));
  return 'settled';
}

function startWait(draft: Draft, step: PlanStep): Outcome {
  if (step.spec.kind !== 'wait') return 'blocked';
  const answer = evaluateTemplate(draft, {
    node: step.spec.duration,
    uses: step.uses,
  });
  if (answer.kind === 'later') return yieldRest(draft);
  const attempt = beginAttempt(draft, step, 'waiting');
  const ms = answer.kind === 'value' && isDuration(answer.value) ? parseDuration(answer.value) : null;
  if (ms === null) {
    const why =
      answer.kind === 'value' ? `${writeJson(answer.value)} is no duration such as "10s"` : reasonOf(answer);
    failStep(draft, step.key, stepError('expression_error', `wait: ${why}`, attempt));
    return 'settled';
  }
  note(draft, { type: 'step_waiting', step: step.key, attempt, untilMs: draft.at.now + ms });
  startTimer(draft, 'wait', ms, step.title, step.key);
  return 'started';
}

function isDuration(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function reasonOf(answer: { readonly why?: string; readonly message?: string }): string {
  return answer.message ?? answer.why ?? 'not evaluated';
}

/** @param spec what is done when it is not the step's own */
function startActivity(draft: Draft, step: PlanStep, spec: StepSpec = step.spec): Outcome {
  const values = suppliedValues(draft, step.uses);
  const timeoutMs = step.timeoutMs ?? DEFAULT_TIMEOUT_MS[step.kind];
  const refused = refuseOversized(draft, step, jsonBytes(values as never) + jsonBytes(spec as never));
  if (refused !== null) return refused;
  const { queue, path, bound } = placeOf(draft, step);
  const attempt = beginAttempt(draft, step, 'running');
  const { group, epoch = draft.state.run.epoch } = stepOf(draft, step.key);
  if (since(draft.state, 'known_tries')) changeStep(draft, step.key, { epoch });
  const { id: runId, workflow } = draft.state.run;
  const input: StepActivityInput = {
    run: { id: runId, workflow, version: draft.state.plan?.version ?? '' },
    step: { key: step.key, title: step.title, attempt, group },
    idempotencyKey: `${runId}/${epoch}/${step.key}/${group}`,
    spec,
    values,
    keep: step.keep,
    workspace: path,
    timeoutMs,
  };
  const id = attemptId(step.key, attempt);
  schedule(draft, step.key, {
    id,
    activity: spec.kind,
    queue,
    summary: step.title,
    input,
    startToCloseMs: timeoutMs + CLOSE_MARGIN_MS,
    ...bound,
  });
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: id });
  return 'started';
}

/** What one task cannot carry fails, what this one cannot any more waits; null = it fits, and is counted. */
function refuseOversized(draft: Draft, step: PlanStep, bytes: number): Outcome | null {
  if (bytes > TASK_BYTES) {
    const message = `its values are ${bytes} bytes, the limit is ${TASK_BYTES}: pass large inputs through the API, which stores them by reference`;
    failStep(draft, step.key, stepError('values_too_large', message, stepOf(draft, step.key).attempt));
    return 'settled';
  }
  if (draft.scheduledBytes > 0 && draft.scheduledBytes + bytes > TASK_BYTES) return yieldRest(draft);
  draft.scheduledBytes += bytes;
  return null;
}

/** The rest follows in the next task. */
function yieldRest(draft: Draft): Outcome {
  yieldTask(draft);
  return 'full';
}
