/** Look-ups over a plan, computed once for each plan object. */
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import { isAgentStep } from '../kinds/agent/agent-state.ts';
import type { AgentStep } from '../kinds/agent/agent-state.ts';
import type { Draft } from './draft.ts';

export interface PlanIndex {
  readonly byKey: ReadonlyMap<string, PlanStep>;
  /** Steps of kind `agent`, in plan order. */
  readonly agents: readonly AgentStep[];
  /** Steps whose errors are read by others. */
  readonly errorsRead: ReadonlySet<string>;
  /** Every step that the given one depends on, directly or not. */
  ancestors(key: string): ReadonlySet<string>;
}

const EMPTY: PlanIndex = { byKey: new Map(), agents: [], errorsRead: new Set(), ancestors: () => new Set() };
const cache = new WeakMap<Plan, PlanIndex>();

export function planIndex(draft: Draft): PlanIndex {
  const { plan } = draft.state;
  if (plan === null) return EMPTY;
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const index = indexOf(plan);
  cache.set(plan, index);
  return index;
}

function indexOf(plan: Plan): PlanIndex {
  const byKey = new Map(plan.steps.map((step) => [step.key, step]));
  const known = new Map<string, ReadonlySet<string>>();
  const ancestors = (key: string): ReadonlySet<string> => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const all = new Set<string>();
    for (const dependency of byKey.get(key)?.dependencies ?? []) {
      all.add(dependency);
      for (const further of ancestors(dependency)) all.add(further);
    }
    known.set(key, all);
    return all;
  };
  return { byKey, agents: plan.steps.filter(isAgentStep), errorsRead: errorsReadIn(plan), ancestors };
}

function errorsReadIn({ steps, outputs }: Plan): ReadonlySet<string> {
  const uses = [
    ...steps.flatMap((step) => [
      ...step.uses,
      ...(step.when?.uses ?? []),
      ...(step.retry.if?.uses ?? []),
      ...(step.onError.action === 'fallback' ? step.onError.value.uses : []),
    ]),
    ...(outputs.kind === 'template' ? outputs.template.uses : []),
  ];
  return new Set(uses.flatMap((use) => (use.root === 'steps' && use.field === 'error' ? [use.name] : [])));
}
