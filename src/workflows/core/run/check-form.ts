/**
 * Is what came from outside what it should be?
 *
 * Whoever reaches Temporal is trusted with what a plan or a carried state says, not with its form: what is malformed
 * ends the run, or fails the step, with the place that is wrong. Without this the core would throw, and the task would
 * be tried for ever.
 */
import { childOf, itemOf, parentOf } from '../../../plan/address.ts';
import type { Address } from '../../../plan/address.ts';
import { depthFault, MAX_DEPTH } from '../../../plan/depth.ts';
import { formFault } from '../../../plan/forms.ts';
import { planFault } from '../../../plan/plan-form.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import { envelopeForm } from '../../../protocol/envelope-form.ts';
import { isPlan } from '../../../protocol/envelope.ts';
import type { Envelope } from '../../../protocol/envelope.ts';
import { upgrade } from './carried.ts';
import { carriedForm, handoverForm } from './carry-form.ts';
import type { Start } from '../kernel/contract.ts';
import { kindOf } from '../kernel/kind.ts';
import type { Kind, Kinds } from '../kernel/kind.ts';
import type { OwnState, RunState, StepState } from '../kernel/state.ts';

/** An envelope holds results of steps some members deep. */
const ENVELOPE_DEPTH = MAX_DEPTH + 50;

/** What is wrong with the arguments of a workflow, and where; null when nothing is. */
export function startFault(
  { inputs, envelope }: Pick<Start, 'inputs' | 'envelope'>,
  kinds: Kinds,
): string | null {
  const depth = depthFault(inputs);
  if (depth !== null) return `inputs: ${depth}`;
  const unread = (inputs as { readonly $undecodable?: unknown } | null | undefined)?.$undecodable;
  if (typeof unread === 'string') return `inputs: cannot be read (${unread})`;
  if (envelope === undefined) return null;
  const fault = depthFault(envelope, ENVELOPE_DEPTH) ?? envelopeFault(envelope, kinds);
  return fault === null ? null : `envelope: ${fault}; start runs through Baton, or leave the envelope out`;
}

function envelopeFault(envelope: unknown, { planForm }: Kinds): string | null {
  const { plan } = (envelope ?? {}) as Partial<Envelope>;
  const fault =
    within('plan', isPlan(plan) ? planFault(plan, planForm) : null) ?? formFault(envelopeForm, envelope);
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

/** A carried state speaks of the steps of its plan and of its scopes, of all of them and of no others. */
export function carryFault(
  { steps, scopes, timers, paused, questions, inbox, failure }: RunState,
  plan: Plan,
  kinds: Kinds,
): string | null {
  const expected = new Map<Address, PlanStep>(plan.steps.map((step) => [step.key, step]));
  for (const [address, scope] of Object.entries(scopes ?? {})) {
    const runner = parentOf(address) ?? '';
    const body = expected.get(runner)?.body;
    if (body === undefined || itemOf(runner, scope.index) !== address || steps[runner]?.tally === undefined)
      return `carry.scopes: "${address}" belongs to no step that runs it`;
    for (const step of body.steps) expected.set(childOf(address, step.key), step);
  }
  const missing = [...expected.keys()].find((address) => !Object.hasOwn(steps, address));
  if (missing !== undefined) return `carry.steps: "${missing}" is missing`;
  const named = [
    ...Object.keys(steps),
    ...[...Object.values(timers), ...(paused?.frozen ?? [])].map(({ step }) => step),
    ...Object.values(questions).map(({ step }) => step),
    ...inbox.flatMap(({ recipients }) => recipients ?? []).map(({ step }) => step),
    failure?.step ?? null,
  ];
  const unknown = named.find((address) => address !== null && !expected.has(address));
  if (unknown !== undefined)
    return `carry: it speaks of a step "${unknown ?? ''}" that the plan does not have`;
  for (const [address, step] of expected) {
    const odd = misfittingOwn(kindOf({ kinds }, step), steps[address], kinds);
    if (odd !== null) return `carry.steps.${address}.${odd}: it does not fit a step of kind ${step.kind}`;
  }
  return null;
}

/** Steps at work have what their kind alone has, and none has what belongs to other kinds. */
function misfittingOwn({ own }: Kind, step: StepState | undefined, kinds: Kinds): OwnState | null {
  const foreign = kinds.own.find((member) => member !== own && step?.[member] !== undefined);
  if (foreign !== undefined) return foreign;
  const isAtWork = ['running', 'waiting', 'retrying'].includes(step?.status ?? '');
  return own !== null && isAtWork && step?.[own] === undefined ? own : null;
}

/** What is wrong with a plan that was loaded. */
export function loadedPlanFault(plan: unknown, { planForm }: Kinds): string | null {
  return depthFault(plan, ENVELOPE_DEPTH) ?? planFault(plan, planForm);
}

/** What is wrong with a state that was taken over unchecked, as runs of the first version do. */
export function stateFault(state: RunState, kinds: Kinds): string | null {
  const { plan } = state;
  return (
    within('plan', plan === null ? null : loadedPlanFault(plan, kinds)) ??
    within('carry', formFault(carriedForm, state)) ??
    (plan === null || state.phase === 'loading' ? null : carryFault(state, plan, kinds))
  );
}
