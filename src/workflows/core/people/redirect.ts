/**
 * Redirecting a run: everything under way is stopped, another run of the same definition takes its place, and this one
 * closes.
 *
 *     running ──(redirect)──▶ cancelling: stopping ──▶ starting ──▶ started ──▶ closed, cancelled as redirected
 *
 * The other run's id comes from the message's, so a redirect happens once, whatever is reset or repeated. It gets the
 * new task, what is left of the limits, and, when it begins at a later step, the results and the workspace it needs.
 */
import { digestOf } from '../../../plan/digest.ts';
import { checkInputs } from '../../../plan/inputs.ts';
import type { JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Redirected } from '../../../protocol/envelope.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { change } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { planIndex } from '../kernel/plan-index.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt, Refusal } from '../kernel/receipt.ts';
import { isGood } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { beginCancel } from './cancel.ts';

/** The input that a new task becomes, where the definition has it. */
const TASK_INPUT = 'task';
const ID_DIGITS = 10;

export function takeRedirect(draft: Draft, message: SignalMessage): Receipt {
  const { plan, cancel, phase } = draft.state;
  if (cancel?.terminal === 'redirected') return refused('the run is already being redirected');
  if (cancel !== null) return refused('the run is being cancelled');
  if (plan === null || phase !== 'running')
    return refused('the run has no steps under way that could be redirected');
  const task = (message.task ?? textOf(message) ?? '').trim();
  if (task === '') return refused('"content" or "task" must say what is to be done instead', 'malformed');
  const skipTo = message.skip_to === undefined ? null : stepToBegin(draft, message.skip_to);
  if (skipTo !== null && 'status' in skipTo) return skipTo;
  const inputs = inputsFor(plan, draft.state.inputs, task, message);
  if ('status' in inputs) return inputs;
  const handover = redirectedBy(draft, message, task, skipTo?.key ?? null);
  const to = successorId(draft, message);
  change(draft, { redirect: { status: 'stopping', to, handover, inputs: inputs.values } });
  beginCancel(draft, {
    reason: textOf(message) ?? task,
    by: message.by ?? null,
    requested: false,
    terminal: 'redirected',
  });
  return PROCESSED;
}

/** The step to begin with, by its key or its agent's name: everything that it depends on must have come to a good end. */
function stepToBegin(draft: Draft, wanted: string): { readonly key: string } | Refusal {
  const plan = planIndex(draft);
  const step = plan.own.get(wanted) ?? plan.talking.find(({ name }) => name === wanted);
  if (step === undefined) {
    const known = [...plan.own.keys()].slice(0, 20).join(', ');
    const reason = `there is no step or agent "${wanted}" to begin with; steps: ${known}`;
    return { status: 'ignored', code: 'unknown_target', reason };
  }
  const missing = [...plan.ancestors(step.key)].filter((key) => !holds(draft, key));
  if (missing.length === 0) return { key: step.key };
  const names = missing.map((key) => `"${key}"`).join(', ');
  const reason = `it cannot begin with step "${step.key}": ${names} must have completed before; name an earlier step, or none`;
  return { status: 'ignored', code: 'refused', reason };
}

/** A skipped dependency stays skipped. */
function holds(draft: Draft, key: string): boolean {
  const step = draft.steps[key];
  return step !== undefined && (isGood(step) || step.status === 'skipped');
}

function inputsFor(
  plan: Plan,
  before: JsonObject,
  task: string,
  message: SignalMessage,
): { readonly values: JsonObject } | Refusal {
  const named = plan.inputs[TASK_INPUT]?.type === 'string' ? { [TASK_INPUT]: task } : {};
  const { inputs, errors } = checkInputs(plan.inputs, { ...before, ...named, ...message.inputs });
  if (errors.length === 0) return { values: inputs };
  const reason = `its inputs do not fit: ${errors.map((error) => error.message).join('; ')}`.slice(0, 1_000);
  return { status: 'ignored', code: 'malformed', reason };
}

function redirectedBy(draft: Draft, message: SignalMessage, task: string, skipTo: string | null): Redirected {
  return {
    from: draft.state.run.id,
    message: message.id ?? null,
    by: message.by ?? null,
    task,
    context: message.context ?? null,
    skipTo,
    takes: [],
    handover: {},
    ...(skipTo === null ? {} : { takes: takenOver(draft, skipTo) }),
  };
}

/** What does not depend on the step to begin with, and has come to an end that holds. */
function takenOver(draft: Draft, skipTo: string): readonly string[] {
  const plan = planIndex(draft);
  return [...plan.own.keys()].filter(
    (key) => key !== skipTo && !plan.ancestors(key).has(skipTo) && holds(draft, key),
  );
}

/** Ids do not grow along a chain of redirects. */
function successorId(draft: Draft, { id }: SignalMessage): string {
  const { run, timerSeq } = draft.state;
  const { id: runId, epoch } = run;
  const branch = since(draft.state, 'whole_epochs') && epoch !== '0' ? `${runId}/${epoch}` : runId;
  const from = `${branch}/${id ?? `#${timerSeq}`}`;
  const digest = digestOf(from).slice(0, ID_DIGITS);
  return `${runId.replace(/-r[0-9a-f]{10}$/, '').slice(0, 180)}-r${digest}`;
}
