/**
 * The run's end once every step is settled: failed when a failure was not tolerated, else its outputs are put
 * together, by the workflow itself or, when they are large, by an activity that stores them.
 */
import { jsonBytes } from '../../../plan/json.ts';
import type { Json } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Template, Use } from '../../../plan/template.ts';
import type { StepActivityInput } from '../../../protocol/activity.ts';
import { isLimitError } from '../../../protocol/limits.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import { INLINE_RESULT_BYTES } from '../../../protocol/values.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { change, close, note, schedule, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateTemplate } from '../kernel/evaluation.ts';
import { retryDelay } from '../kernel/failures.ts';
import type { Judged } from '../kernel/failures.ts';
import { inlineResult, outputOf } from '../kernel/results.ts';
import { suppliedValues } from '../kernel/values.ts';

/** What stands for the outputs among the open activities; no step key can look like this. */
export const OUTPUTS = '$outputs';
const TIMEOUT_MS = 60_000;
const RETRY = { attempts: 1, initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: 0, if: null } as const;

export function finishRun(draft: Draft, plan: Plan): void {
  const { failure } = draft.state;
  if (failure !== null) {
    const { step, error } = failure;
    const reason = isLimitError(error.type) ? error.type : 'failed';
    return failRun(
      draft,
      `step "${step}" ${reason === 'failed' ? 'failed' : 'stopped'}: ${error.message}`,
      step,
      reason,
    );
  }
  const template = outputTemplate(draft, plan);
  if (template === null) return complete(draft, onlySink(draft, plan));
  const answer = evaluateTemplate(draft, template);
  if (answer.kind === 'failed') return failRun(draft, `outputs: ${answer.message}`, null);
  if (answer.kind === 'value' && jsonBytes(answer.value) <= INLINE_RESULT_BYTES) {
    return complete(draft, inlineResult(answer.value));
  }
  change(draft, { phase: 'outputs' });
  scheduleOutputs(draft, plan);
}

/** The result of the one step at the end, untouched: a stored value stays where it is. */
function onlySink(draft: Draft, plan: Plan): StepResult {
  const [key] = plan.outputs.kind === 'sinks' ? plan.outputs.keys : [];
  const result = key === undefined ? undefined : stepOf(draft, key).result;
  return result ?? inlineResult(null);
}

/** What is to be rendered; null when the output is a single step's result. */
function outputTemplate(draft: Draft, plan: Plan): Template | null {
  if (plan.outputs.kind === 'template') return plan.outputs.template;
  if (plan.outputs.keys.length <= 1) return null;
  const keys = plan.outputs.keys.filter((key) => stepOf(draft, key).result !== undefined);
  const node = Object.fromEntries(
    keys.map((key) => [key, { $expr: `steps[${JSON.stringify(key)}].result` }]),
  );
  const uses = keys.map((name): Use => ({ root: 'steps', name, field: 'result', path: [] }));
  return { node, uses };
}

export function scheduleOutputs(draft: Draft, plan: Plan): void {
  const template = outputTemplate(draft, plan);
  if (template === null) return;
  const attempt = draft.state.outputAttempt + 1;
  change(draft, { outputAttempt: attempt });
  const { id: runId, workflow, epoch } = draft.state.run;
  const input: StepActivityInput = {
    run: { id: runId, workflow, version: plan.version },
    step: { key: OUTPUTS, title: 'Outputs', attempt, group: 1 },
    idempotencyKey: `${runId}/${epoch}/${OUTPUTS}/1`,
    spec: { kind: 'transform', value: template.node },
    values: suppliedValues(draft, template.uses),
    keep: [],
    workspace: null,
    timeoutMs: TIMEOUT_MS,
  };
  const id = `${OUTPUTS}#${attempt}`;
  const summary = 'Outputs';
  schedule(draft, OUTPUTS, {
    ...{ id, activity: 'transform', queue: null, summary, input },
    startToCloseMs: TIMEOUT_MS,
  });
}

export function takeOutputs(draft: Draft, result: StepResult | null): void {
  if (draft.state.phase !== 'outputs') return;
  if (result === null) return failRun(draft, 'outputs: the activity did not answer with a result', null);
  complete(draft, result);
}

export function outputsFailed(draft: Draft, judged: Judged): void {
  if (draft.state.phase !== 'outputs') return;
  const tried = { group: 1, infra: draft.state.outputAttempt };
  const delay = retryDelay(judged, tried, RETRY, () => true, '');
  if (delay === null) return failRun(draft, `outputs: ${judged.error.message}`, null);
  startTimer(draft, 'outputs', delay, 'retry outputs');
}

function complete(draft: Draft, output: StepResult): void {
  note(draft, { type: 'run_completed', output });
  const value: Json = outputOf(output) as Json;
  close(draft, { type: 'complete', output: value });
}

function failRun(
  draft: Draft,
  message: string,
  step: string | null,
  reason: TerminalReason = 'failed',
): void {
  note(draft, { type: 'run_failed', reason, message, step });
  close(draft, { type: 'fail', reason, message });
}
