/**
 * Starts what is ready: in plan order, within the window, within the bytes one task may carry.
 *
 * A step with `parallel: false` starts only when nothing is open, and holds back what stands behind it until then,
 * so that it is not starved. Steps that the workflow evaluates itself settle at once and may ready others: the pass
 * is repeated until nothing changes.
 */
import { jsonBytes } from '../../plan/json.ts';
import { parseDuration } from '../../plan/duration.ts';
import type { PlanStep, StepKind } from '../../plan/plan.ts';
import type { StepActivityInput } from '../../protocol/activity.ts';
import { beginAttempt, completeStep, failStep, skipStep } from './steps.ts';
import { note, planSteps, startTimer, stepOf, timersFor } from './draft.ts';
import type { Draft } from './draft.ts';
import { evaluateTemplate } from './evaluation.ts';
import { stepError } from './failures.ts';
import { openLevel, readinessOf } from './readiness.ts';
import { planIndex } from './plan-index.ts';
import { inlineResult } from './results.ts';
import { suppliedValues } from './values.ts';

/** Most bytes of activity inputs in one task; 4 MB in one request terminate a run. */
const TASK_BYTES = 1_500_000;
/** The activity ends itself at its timeout and has this long to stop what it started; then Temporal ends it. */
const CLOSE_MARGIN_MS = 5_000;
const HEARTBEAT_MS = 20_000;
const DEFAULT_TIMEOUT_MS: Readonly<Record<StepKind, number>> = {
  agent: 15 * 60_000,
  http: 2 * 60_000,
  command: 30 * 60_000,
  transform: 60_000,
  wait: 60_000,
};

/** What became of an attempt to start a step. `full`: nothing more may start in this task. */
type Outcome = 'started' | 'settled' | 'blocked' | 'full';

export function dispatch(draft: Draft): void {
  let again = true;
  while (again) again = pass(draft);
}

/** What is open now. An exclusive step leaves no room. */
interface Room {
  open: number;
  exclusive: boolean;
}

/** One look at every pending step; true when one settled, so that a further look may find more. */
function pass(draft: Draft): boolean {
  const level = draft.state.plan?.scheduling === 'level' ? openLevel(draft) : Number.POSITIVE_INFINITY;
  const most = draft.state.plan?.maxParallel ?? 1;
  const room = roomOf(draft);
  let settled = false;
  for (const step of planSteps(draft)) {
    if (room.exclusive || room.open >= most) break;
    if (stepOf(draft, step.key).status !== 'pending' || step.level > level) continue;
    const outcome = consider(draft, step, room);
    if (outcome === 'full') break;
    if (outcome === 'settled') settled = true;
    if (outcome !== 'started') continue;
    room.open += 1;
    room.exclusive = !step.parallel;
  }
  return settled;
}

function roomOf(draft: Draft): Room {
  const waits = Object.values(draft.timers).flatMap((timer) => (timer.for === 'wait' ? [timer.step] : []));
  const keys = [...Object.values(draft.open), ...waits];
  const { byKey } = planIndex(draft);
  return {
    open: keys.length,
    exclusive: keys.some((key) => key !== null && byKey.get(key)?.parallel === false),
  };
}

function consider(draft: Draft, step: PlanStep, room: Room): Outcome {
  const readiness = readinessOf(draft, step);
  switch (readiness.kind) {
    case 'blocked':
      return 'blocked';
    case 'later':
      return yieldTask(draft);
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
      return step.parallel || room.open === 0 ? start(draft, step) : 'full';
  }
}

function start(draft: Draft, step: PlanStep): Outcome {
  if (step.spec.kind === 'transform') return startTransform(draft, step);
  if (step.spec.kind === 'wait') return startWait(draft, step);
  return startActivity(draft, step);
}

function startTransform(draft: Draft, step: PlanStep): Outcome {
  if (step.spec.kind !== 'transform') return 'blocked';
  const answer = evaluateTemplate(draft, { node: step.spec.value, uses: step.uses });
  if (answer.kind === 'later') return yieldTask(draft);
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
  if (answer.kind === 'later') return yieldTask(draft);
  const attempt = beginAttempt(draft, step, 'waiting');
  const ms = answer.kind === 'value' && isDuration(answer.value) ? parseDuration(answer.value) : null;
  if (ms === null) {
    const why =
      answer.kind === 'value'
        ? `${JSON.stringify(answer.value)} is no duration such as "10s"`
        : reasonOf(answer);
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

function startActivity(draft: Draft, step: PlanStep): Outcome {
  const before = stepOf(draft, step.key);
  const values = suppliedValues(draft, step.uses);
  const timeoutMs = step.timeoutMs ?? DEFAULT_TIMEOUT_MS[step.kind];
  const bytes = jsonBytes(values as never) + jsonBytes(step.spec as never);
  if (bytes > TASK_BYTES) {
    const message = `its values are ${bytes} bytes, the limit is ${TASK_BYTES}: pass large inputs through the API, which stores them by reference`;
    failStep(draft, step.key, stepError('values_too_large', message, before.attempt));
    return 'settled';
  }
  if (draft.scheduledBytes > 0 && draft.scheduledBytes + bytes > TASK_BYTES) return yieldTask(draft);
  draft.scheduledBytes += bytes;
  const attempt = beginAttempt(draft, step, 'running');
  const { group } = stepOf(draft, step.key);
  const { id: runId, workflow, epoch } = draft.state.run;
  const input: StepActivityInput = {
    run: { id: runId, workflow, version: draft.state.plan?.version ?? '' },
    step: { key: step.key, title: step.title, attempt, group },
    idempotencyKey: `${runId}/${epoch}/${step.key}/${group}`,
    spec: step.spec,
    values,
    keep: step.keep,
    timeoutMs,
  };
  const id = `${step.key}#${attempt}`;
  draft.open[id] = step.key;
  draft.actions.push({
    type: 'schedule',
    id,
    activity: step.kind,
    queue: step.capability,
    summary: step.title,
    input,
    startToCloseMs: timeoutMs + CLOSE_MARGIN_MS,
    heartbeatMs: HEARTBEAT_MS,
  });
  note(draft, { type: 'step_started', step: step.key, attempt, activityId: id });
  return 'started';
}

/** The rest follows in the next task, which a short timer brings. */
function yieldTask(draft: Draft): Outcome {
  if (timersFor(draft, 'yield').length === 0) startTimer(draft, 'yield', 1, 'the rest follows');
  return 'full';
}
