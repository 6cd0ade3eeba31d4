/**
 * What a scope yields, and the run's end once every step is settled: failed when a failure was not tolerated, else its
 * outputs are put together, by the workflow itself or, when they are large, by an activity that stores them.
 */
import { keyOf } from '../../../plan/address.ts';
import type { Address } from '../../../plan/address.ts';
import { jsonBytes } from '../../../plan/json.ts';
import type { Json } from '../../../plan/json.ts';
import type { Plan, PlanPart } from '../../../plan/plan.ts';
import type { Template } from '../../../plan/template.ts';
import type { StepActivityInput } from '../../../protocol/activity.ts';
import { isLimitError } from '../../../protocol/limits.ts';
import type { TerminalReason } from '../../../protocol/terminal-reason.ts';
import { INLINE_RESULT_BYTES, PAYLOAD_BYTES } from '../../../protocol/values.ts';
import type { StepResult } from '../../../protocol/values.ts';
import { change, close, note, schedule, startTimer, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { evaluateTemplate } from '../kernel/evaluation.ts';
import type { Evaluated } from '../kernel/evaluation.ts';
import { nextTry } from '../kernel/failures.ts';
import type { Judged } from '../kernel/failures.ts';
import { OUTPUTS } from '../kernel/owners.ts';
import { inlineResult, outputOf } from '../kernel/results.ts';
import { resultRead, rootOf } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { suppliedValues } from '../kernel/values.ts';

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
  const output = outputsOf(draft, rootOf(draft));
  if (output.kind === 'result') return complete(draft, output.result);
  if (output.kind === 'failed') return failRun(draft, `outputs: ${output.message}`, null);
  change(draft, { phase: 'outputs' });
  scheduleOutputs(draft, plan);
}

type Output =
  | { readonly kind: 'result'; readonly result: StepResult }
  | Extract<Evaluated, { kind: 'failed' }>
  /** Too large for the workflow, or for this task. */
  | { readonly kind: 'elsewhere' };

/** What a scope yields whose steps are all settled. */
export function outputsOf(draft: Draft, scope: Scope): Output {
  const template = outputTemplate(draft, scope);
  if (template === null) return { kind: 'result', result: onlySink(draft, scope.part) };
  const answer = evaluateTemplate(draft, template);
  if (answer.kind === 'failed') return answer;
  const isHere = answer.kind === 'value' && jsonBytes(answer.value) <= INLINE_RESULT_BYTES;
  return isHere ? { kind: 'result', result: inlineResult(answer.value) } : { kind: 'elsewhere' };
}

/** The result of the one step at the end, untouched: a stored value stays where it is. */
function onlySink(draft: Draft, { outputs }: PlanPart): StepResult {
  const [key] = outputs.kind === 'sinks' ? outputs.keys : [];
  const result = key === undefined ? undefined : stepOf(draft, key).result;
  return result ?? inlineResult(null);
}

/** What is to be rendered; null when the output is a single step's result. */
function outputTemplate(draft: Draft, { address, part: { outputs } }: Scope): Template | null {
  if (outputs.kind === 'template') return outputs.template;
  if (outputs.keys.length <= 1) return null;
  const keys = outputs.keys.filter((key) => stepOf(draft, key).result !== undefined);
  const named = keys.map((at) => ({ at, name: address === null ? at : keyOf(at) }));
  const node = Object.fromEntries(
    named.map(({ name }) => [name, { $expr: `steps[${JSON.stringify(name)}].result` }]),
  );
  return { node, uses: named.map(({ name, at }) => resultRead(name, at)) };
}

export function scheduleOutputs(draft: Draft, plan: Plan): void {
  const template = outputTemplate(draft, rootOf(draft));
  if (template === null) return;
  const values = suppliedValues(draft, template.uses);
  const bytes = jsonBytes(values as never) + jsonBytes(template.node as never);
  if (bytes > PAYLOAD_BYTES) return failRun(draft, oversized(bytes), null);
  const attempt = draft.state.outputAttempt + 1;
  change(draft, { outputAttempt: attempt });
  const { id: runId, workflow, epoch } = draft.state.run;
  const input: StepActivityInput = {
    run: { id: runId, workflow, version: plan.version },
    step: { key: OUTPUTS, title: 'Outputs', attempt, group: 1 },
    idempotencyKey: `${runId}/${epoch}/${OUTPUTS}/1`,
    spec: { kind: 'transform', value: template.node },
    values,
    keep: [],
    workspace: null,
    timeoutMs: TIMEOUT_MS,
  };
  schedule(
    draft,
    { type: 'outputs', attempt },
    {
      activity: input.spec.kind,
      queue: null,
      summary: 'Outputs',
      input,
      startToCloseMs: TIMEOUT_MS,
    },
  );
}

/** Of a run before version 4: later ones have less that only travels whole. */
const oversized = (bytes: number): string =>
  `outputs: the values have ${bytes} bytes, and at most ${PAYLOAD_BYTES} reach an activity; start it anew (baton rerun): runs of today store such values`;

export function takeOutputs(draft: Draft, result: StepResult | null): void {
  if (draft.state.phase !== 'outputs') return;
  if (result === null) return failRun(draft, 'outputs: the activity did not answer with a result', null);
  complete(draft, result);
}

export function outputsFailed(draft: Draft, judged: Judged): void {
  if (draft.state.phase !== 'outputs') return;
  const tried = { group: 1, infra: draft.state.outputAttempt };
  const { delayMs } = nextTry(judged, tried, RETRY, () => true, '');
  if (delayMs === null) return failRun(draft, `outputs: ${judged.error.message}`, null);
  startTimer(draft, 'outputs', delayMs, 'retry outputs');
}

function complete(draft: Draft, output: StepResult): void {
  note(draft, { type: 'run_completed', output });
  const value: Json = outputOf(output) as Json;
  close(draft, { type: 'complete', output: value });
}

function failRun(
  draft: Draft,
  message: string,
  step: Address | null,
  reason: TerminalReason = 'failed',
): void {
  note(draft, { type: 'run_failed', reason, message, step });
  close(draft, { type: 'fail', reason, message });
}
