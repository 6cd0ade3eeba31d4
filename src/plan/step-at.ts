/** The step of a plan that stands at an address, computed once for each plan object. */
import { pathOf } from './address.ts';
import type { Address } from './address.ts';
import type { Plan, PlanPart, PlanStep } from './plan.ts';

const cache = new WeakMap<Plan, ReadonlyMap<string, PlanStep>>();

/** The step whose item or round it is, or that it is itself; undefined where the plan has none. */
export function stepAt(plan: Plan, address: Address): PlanStep | undefined {
  const steps = stepsByPath(plan);
  // Plans that Baton did not compile may have keys that look like addresses.
  return steps.get(address) ?? steps.get(pathOf(address));
}

/** Every step of the plan under its path, those inside others behind them. */
export function stepsByPath(plan: Plan): ReadonlyMap<string, PlanStep> {
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const steps = new Map<string, PlanStep>();
  addSteps(steps, plan, '');
  cache.set(plan, steps);
  return steps;
}

function addSteps(found: Map<string, PlanStep>, { steps }: PlanPart, above: string): void {
  for (const step of steps) {
    const path = above + step.key;
    if (!found.has(path)) found.set(path, step);
    if (step.body !== undefined) addSteps(found, step.body, `${path}/`);
  }
}
