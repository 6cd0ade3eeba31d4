/**
 * A step proposes an edit of the plan of its own run. A worker has applied and compiled it; here it is decided, in one
 * task: against the plan that the run has by now, what has begun, and the step's policy.
 *
 *     proposed ──▶ refused, with every reason
 *        │  └────▶ again: the plan has changed since, so it is made of the new one
 *        ├──(ask)─▶ asked about ──(yes)──▶ proposed once more, of the plan of then
 *        └──(auto, or a yes)──▶ applied
 *
 * What a person says yes to are the edits and not the plan: whatever has happened meanwhile, they are checked again.
 */
import { jsonBytes } from '../../../../plan/json.ts';
import type { Json } from '../../../../plan/json.ts';
import { planFault } from '../../../../plan/plan-form.ts';
import type { EditPolicy, Plan, PlanStep } from '../../../../plan/plan.ts';
import type { PlanToEdit, ProposedPlan, ToolActivityOutput } from '../../../../protocol/agent.ts';
import { proposalFaults, roomOf } from '../../../../protocol/editing/proposal.ts';
import type { ProposedEdit } from '../../../../protocol/editing/proposal.ts';
import type { EditFault } from '../../../../protocol/plan-edit.ts';
import { MAX_MESSAGE_CHARS } from '../../../../protocol/signals.ts';
import type { Draft } from '../../kernel/draft.ts';
import type { ProposedBy } from '../../kernel/notes.ts';
import { since } from '../../kernel/versions.ts';
import { changePlan, planChange, reasonsAgainst } from '../../people/change-plan.ts';
import type { PlanChange } from '../../people/change-plan.ts';

/** What people are asked about travels with the run, and somebody has to read it. */
const MAX_ASKED_BYTES = 16 * 1024;

/** Work under the id of what has ended in this very task is for the next one. */
export const AGAIN_MS = 1;

export interface Proposing {
  readonly step: PlanStep;
  /** Who it is, for people: an agent's name, or a step. */
  readonly by: string;
  readonly from: ProposedBy;
  /** A person has said yes. */
  readonly approved: boolean;
  /** A person is to be asked, whatever the policy says. */
  readonly asks: boolean;
}

export type Decided =
  | { readonly kind: 'again' }
  | { readonly kind: 'refused'; readonly code: EditFault['code'] | 'refused'; readonly why: string }
  | { readonly kind: 'asks'; readonly edit: ProposedEdit }
  | { readonly kind: 'applied'; readonly revision: number; readonly change: PlanChange };

/** What the step may propose; null: nothing. */
export function policyOf({ state }: Draft, { edits }: PlanStep): EditPolicy | null {
  return edits === undefined || !since(state, 'plan_proposals') ? null : edits;
}

/** What the worker gets to work on; null where there is nothing that the step may propose. */
export function planToEdit(
  draft: Draft,
  step: PlanStep,
  { approved, asks }: Pick<Proposing, 'approved' | 'asks'>,
): PlanToEdit | null {
  const { plan, revision = 0, gained = {} } = draft.state;
  const policy = policyOf(draft, step);
  if (plan === null || policy === null) return null;
  return {
    hash: plan.hash,
    revision,
    policy,
    room: roomOf(plan, policy, step.key, gained),
    mayTake: approved || !(asks || policy.policy === 'ask'),
  };
}

/** The plan that a worker answers with; null where it answers with none. */
export function proposedBy({ proposed }: Partial<ToolActivityOutput>): ProposedPlan | null {
  return typeof proposed === 'object' && proposed !== null ? proposed : null;
}

export function decide(draft: Draft, proposed: ProposedPlan, proposing: Proposing): Decided {
  const { plan, phase, revision = 0, cancel } = draft.state;
  const policy = policyOf(draft, proposing.step);
  if (plan === null || phase !== 'running' || cancel !== null) return refusal('the run is being stopped');
  if (policy === null) return refusal('this step may not propose edits');
  if (proposed.revision !== revision) return { kind: 'again' };
  const fault = planFault(proposed.plan, draft.kinds.planForm);
  if (fault !== null) return { kind: 'refused', code: 'plan_invalid', why: `plan.${fault}` };
  const change = changeBy(draft, plan, proposed.plan, proposing, policy);
  const [first] = change.faults;
  if (first !== undefined) return { kind: 'refused', code: first.code, why: reasonsAgainst(change.faults) };
  const reason = reasonOf(proposed);
  const mustAsk = proposing.asks || policy.policy === 'ask';
  if (mustAsk && !proposing.approved) return asked(change, revision, reason);
  const { by, from } = proposing;
  return { kind: 'applied', revision: changePlan(draft, change, { by, reason, proposed: from }), change };
}

function changeBy(
  draft: Draft,
  before: Plan,
  after: Plan,
  { step: { key: by } }: Proposing,
  policy: EditPolicy,
): PlanChange {
  const { gained = {} } = draft.state;
  const more = (edit: PlanChange['edit']) => proposalFaults({ before, after, edit, by, policy, gained });
  return planChange(draft, before, after, { more });
}

function asked({ after, edit }: PlanChange, revision: number, reason: string | null): Decided {
  const steps = new Map(after.steps.map((step) => [step.key, step]));
  const dependenciesOf = (key: string) => steps.get(key)?.dependencies ?? [];
  const proposed: ProposedEdit = {
    revision,
    reason,
    added: edit.added.map((key) => ({
      step: key,
      ...nature(steps.get(key)),
      dependencies: dependenciesOf(key),
    })),
    removed: edit.removed,
    changed: edit.changed.map(({ name, members }) => ({ step: name, members })),
    rewired: edit.rewired.map((key) => ({ step: key, dependencies: dependenciesOf(key) })),
  };
  if (jsonBytes(proposed as unknown as Json) <= MAX_ASKED_BYTES) return { kind: 'asks', edit: proposed };
  return refusal('it is more than a person can look at; propose it in parts');
}

function nature(step: PlanStep | undefined): { readonly kind: string; readonly agent: string | null } {
  return { kind: step?.kind ?? '', agent: step?.spec.kind === 'agent' ? step.spec.agent : null };
}

function refusal(why: string): Decided {
  return { kind: 'refused', code: 'refused', why };
}

function reasonOf({ reason }: ProposedPlan): string | null {
  return typeof reason === 'string' ? reason.slice(0, MAX_MESSAGE_CHARS) : null;
}
