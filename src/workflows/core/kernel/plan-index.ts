/** Look-ups over a plan, computed once for each plan object. */
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import type { Draft } from './draft.ts';
import { kindOf } from './kind.ts';

export interface PlanIndex {
  readonly byKey: ReadonlyMap<string, PlanStep>;
  /** Steps that go on by themselves, in plan order. */
  readonly moving: readonly PlanStep[];
  /** Steps that people can talk to, with the names that messages may use instead of their keys, in plan order. */
  readonly talking: readonly Talking[];
  /** Steps whose errors are read by others. */
  readonly errorsRead: ReadonlySet<string>;
  /** Every step that the given one depends on, directly or not. */
  ancestors(key: string): ReadonlySet<string>;
}

export interface Talking {
  readonly key: string;
  readonly name: string;
}

const EMPTY: PlanIndex = {
  byKey: new Map(),
  moving: [],
  talking: [],
  errorsRead: new Set(),
  ancestors: () => new Set(),
};
const cache = new WeakMap<Plan, PlanIndex>();

export function planIndex(draft: Draft): PlanIndex {
  const { plan } = draft.state;
  if (plan === null) return EMPTY;
  const known = cache.get(plan);
  if (known !== undefined) return known;
  const index = indexOf(plan, draft);
  cache.set(plan, index);
  return index;
}

/** @throws Error where the plan has no such step */
export function planStep(draft: Draft, key: string): PlanStep {
  const step = planIndex(draft).byKey.get(key);
  if (step === undefined) throw new Error(`the plan has no step ${key}`);
  return step;
}

function indexOf(plan: Plan, draft: Pick<Draft, 'kinds'>): PlanIndex {
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
  const moving = plan.steps.filter((step) => kindOf(draft, step).moves !== undefined);
  const talking = plan.steps.flatMap((step) => {
    const { talks } = kindOf(draft, step);
    return talks === undefined ? [] : [{ key: step.key, name: talks.nameOf(step) }];
  });
  return { byKey, moving, talking, errorsRead: errorsReadIn(plan), ancestors };
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
