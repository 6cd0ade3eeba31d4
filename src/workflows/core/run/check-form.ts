/**
 * Is what came from outside what it should be?
 *
 * Whoever reaches Temporal is trusted with what a plan or a carried state says, not with its form: what is malformed
 * ends the run, or fails the step, with the place that is wrong. Without this the core would throw, and the task would
 * be tried for ever.
 */
import { isDeeperThan, MAX_DEPTH, TOO_DEEP } from '../../../plan/depth.ts';
import { formFault, planFault } from '../../../plan/plan-form.ts';
import type { Plan, StepKind } from '../../../plan/plan.ts';
import { envelopeForm } from '../../../protocol/envelope-form.ts';
import { isPlan } from '../../../protocol/envelope.ts';
import type { Envelope } from '../../../protocol/envelope.ts';
import { upgrade } from './carried.ts';
import { carriedForm, handoverForm, toolCallForm } from './carry-form.ts';
import type { Start } from '../kernel/contract.ts';
import type { RunState, StepState } from '../kernel/state.ts';

/** An envelope holds results of steps some members deep. */
const ENVELOPE_DEPTH = MAX_DEPTH + 50;

/** What is wrong with the arguments of a workflow, and where; null when nothing is. */
export function startFault({ inputs, envelope }: Pick<Start, 'inputs' | 'envelope'>): string | null {
  if (isDeeperThan(inputs)) return `inputs: ${TOO_DEEP}`;
  const unread = (inputs as { readonly $undecodable?: unknown } | null | undefined)?.$undecodable;
  if (typeof unread === 'string') return `inputs: cannot be read (${unread})`;
  if (envelope === undefined) return null;
  const fault = isDeeperThan(envelope, ENVELOPE_DEPTH) ? TOO_DEEP : envelopeFault(envelope);
  return fault === null ? null : `envelope: ${fault}; start runs through Baton, or leave the envelope out`;
}

function envelopeFault(envelope: unknown): string | null {
  const { plan } = (envelope ?? {}) as Partial<Envelope>;
  const fault = within('plan', isPlan(plan) ? planFault(plan) : null) ?? formFault(envelopeForm, envelope);
  if (fault !== null) return fault;
  const { carry, redirected } = envelope as Envelope;
  return (
    within('carry', carry === undefined ? null : formFault(carriedForm, upgrade(carry))) ??
    within(
      'redirected.handover',
      redirected === undefined ? null : formFault(handoverForm, redirected.handover),
    )
  );
}

function within(place: string, fault: string | null): string | null {
  return fault === null ? null : `${place}.${fault}`;
}

/** A carried state speaks of the steps of its plan, of all of them and of no others. */
export function carryFault(
  { steps, timers, paused, questions, inbox, failure }: RunState,
  plan: Plan,
): string | null {
  const keys = new Set(plan.steps.map(({ key }) => key));
  const missing = plan.steps.find(({ key }) => !Object.hasOwn(steps, key));
  if (missing !== undefined) return `carry.steps: "${missing.key}" is missing`;
  const named = [
    ...Object.keys(steps),
    ...[...Object.values(timers), ...(paused?.frozen ?? [])].map(({ step }) => step),
    ...Object.values(questions).map(({ step }) => step),
    ...inbox.flatMap(({ recipients }) => recipients ?? []).map(({ step }) => step),
    failure?.step ?? null,
  ];
  const unknown = named.find((key) => key !== null && !keys.has(key));
  if (unknown !== undefined)
    return `carry: it speaks of a step "${unknown ?? ''}" that the plan does not have`;
  const odd = plan.steps.find(({ key, kind }) => !agentFits(kind, steps[key]));
  return odd === undefined
    ? null
    : `carry.steps.${odd.key}.agent: it does not fit a step of kind ${odd.kind}`;
}

/** Agents at work have a state of their own, and nothing else has. */
function agentFits(kind: StepKind, step: StepState | undefined): boolean {
  const isThere = step?.agent !== undefined;
  if (kind !== 'agent') return !isThere;
  return isThere || !['running', 'waiting', 'retrying'].includes(step?.status ?? '');
}

/** What is wrong with a plan that was loaded. */
export function loadedPlanFault(plan: unknown): string | null {
  return isDeeperThan(plan, ENVELOPE_DEPTH) ? TOO_DEEP : planFault(plan);
}

/** What is wrong with the value that a fact brings. */
export function valueFault(value: unknown): string | null {
  return isDeeperThan(value) ? TOO_DEEP : null;
}

/** Are these calls of tools? */
export function areToolCalls(calls: readonly unknown[]): boolean {
  return calls.every((call) => formFault(toolCallForm, call) === null);
}

/** What is wrong with a state that was taken over unchecked, as runs of the first version do. */
export function stateFault(state: RunState): string | null {
  const { plan } = state;
  return (
    within('plan', plan === null ? null : loadedPlanFault(plan)) ??
    within('carry', formFault(carriedForm, state)) ??
    (plan === null || state.phase === 'loading' ? null : carryFault(state, plan))
  );
}
