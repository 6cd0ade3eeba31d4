/**
 * The run that takes the place of a redirected one: how it is started, and what it takes over. When, stands in
 * people/redirect.ts.
 */
import type { Address } from '../../../plan/address.ts';
import type { JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Envelope, Redirected } from '../../../protocol/envelope.ts';
import { newSpent } from '../kernel/spent.ts';
import { carriedStep, travellingPlan } from './carry.ts';
import { change, note, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { firstThatTravels, readByConditions, withPartsOf } from '../steps/kept-parts.ts';
import { planIndex } from '../kernel/plan-index.ts';
import type { RunState, SpentState, StepState, WorkspaceState } from '../kernel/state.ts';
import { CANCEL_REQUEST_MS } from '../kernel/timeouts.ts';

/** What travels as {@link Redirected.handover}. */
export interface Handover {
  readonly steps: Readonly<Record<string, StepState>>;
  readonly used: Pick<SpentState, 'turns' | 'tokens' | 'costMicros' | 'largest'> & { readonly ms: number };
  /** Only with steps that have worked in it. */
  readonly workspace: WorkspaceState | null;
}

/** Everything has stopped: the other run is started. Answers whether it has to be waited for. */
export function awaitSuccessor(draft: Draft): boolean {
  const { redirect, plan } = draft.state;
  if (redirect === null || plan === null || redirect.status === 'started') return false;
  if (redirect.status === 'starting') return true;
  change(draft, { redirect: { ...redirect, status: 'starting' } });
  const envelope = envelopeOf(draft, plan, redirect);
  if (envelope === null) {
    successorRefused(draft, redirect.to, 'what it would take over is too large to reach it');
    return false;
  }
  const { name: workflow, version, title } = plan;
  const summary = title ?? `${workflow} ${version}`;
  const { to: id, inputs } = redirect;
  draft.actions.push({ type: 'start_run', id, workflow, version, summary, inputs, envelope });
  return true;
}

/** What the other run begins with; null where that is too much, also without what nothing reads there. */
function envelopeOf(
  draft: Draft,
  plan: Plan,
  { handover: told, inputs }: NonNullable<RunState['redirect']>,
): Envelope | null {
  const { interpreter, labels, startedBy } = draft.state;
  const whole = handoverOf(draft, told.takes);
  const withSteps = (steps: Handover['steps']): Envelope => ({
    interpreter,
    plan: travellingPlan(plan),
    epoch: 0,
    labels,
    startedBy: told.by ?? startedBy,
    redirected: { ...told, handover: { ...whole, steps } as unknown as JsonObject },
  });
  const anew = plan.steps.filter(({ key }) => whole.steps[key] === undefined);
  return firstThatTravels(inputs, [
    () => withSteps(whole.steps),
    () => withSteps(withPartsOf(readByConditions(anew), whole.steps)),
  ]);
}

function handoverOf(draft: Draft, takes: readonly Address[]): Handover {
  const { spent, workspace } = draft.state;
  const { own } = planIndex(draft);
  const steps = takes.flatMap((key) => {
    const step = draft.steps[key];
    if (step === undefined) return [];
    // The other run counts the revisions of its plan anew.
    const { revision: _, ...taken } = carriedStep(step, own.get(key)?.keep ?? []);
    return [[key, taken] as const];
  });
  const { turns, tokens, costMicros, largest, startedAt } = spent;
  const isUsed = takes.some((key) => own.get(key)?.workspace === true);
  return {
    steps: Object.fromEntries(steps),
    used: { turns, tokens, costMicros, largest, ms: draft.at.now - startedAt },
    workspace: isUsed && workspace?.status === 'ready' ? workspace : null,
  };
}

/** The other run is there: this one waits a moment for Temporal's own request, and closes. */
export function successorStarted(draft: Draft, id: string): void {
  const { redirect, cancel } = draft.state;
  if (redirect?.to !== id || redirect.status !== 'starting') return;
  change(draft, { redirect: { ...redirect, status: 'started' } });
  note(draft, { type: 'run_redirected', to: id });
  if (cancel?.requested === false) startTimer(draft, 'request', CANCEL_REQUEST_MS, 'cancel request follows');
}

/** Temporal would not start it: the run has stopped for nothing and says so. */
export function successorRefused(draft: Draft, id: string, why: string): void {
  const { redirect, cancel } = draft.state;
  if (redirect?.to !== id || cancel === null) return;
  const reason = `it was to be redirected, but run "${id}" could not be started: ${why}`;
  change(draft, { redirect: null, cancel: { ...cancel, terminal: 'cancelled', reason } });
}

/** The successor begins: with the results, the workspace and what is left of the limits. */
export function takeOver(draft: Draft, plan: Plan, redirected: Redirected): void {
  const { steps, used, workspace } = redirected.handover as unknown as Handover;
  for (const { key } of plan.steps) {
    const step = steps[key];
    if (step === undefined) continue;
    draft.steps[key] = step;
    note(draft, { type: 'step_taken_over', step: key, from: redirected.from });
  }
  const { ms, ...consumed } = used;
  const spent = { ...newSpent(plan.limits, draft.at.now - ms), ...consumed };
  change(draft, { spent, workspace, briefing: briefingOf(redirected) });
}

function briefingOf({ task, context, by }: Redirected): NonNullable<RunState['briefing']> {
  const news = `The task has changed while others worked on it. Where what stands above says something else, this holds:\n\n${task}`;
  const text = context === null ? news : `${news}\n\nAdditional context:\n${context}`;
  return { type: 'user', source: 'redirect', text, by };
}
