/** What differs between two plans, by inputs and steps: the parts that an author thinks in. Pure. */
import { canonicalJson, jsonEqual } from './canonical.ts';
import type { Json } from './json.ts';
import type { Plan } from './plan.ts';

export interface PlanDifference {
  readonly inputs: PartDifference;
  readonly steps: PartDifference;
  /** Members of the plan beside these, such as `outputs` or `failure`. */
  readonly changed: readonly string[];
}

/** Names, in the order of the newer plan (what was removed: of the older). */
export interface PartDifference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly { readonly name: string; readonly members: readonly string[] }[];
}

/** Follow from others or from the text, and say nothing by themselves. */
const DERIVED: ReadonlySet<string> = new Set([
  'hash',
  'name',
  'version',
  'order',
  'levels',
  'steps',
  'inputs',
]);
/** Neither says what its output is: that follows from the steps. */
const OF_SINKS: ReadonlySet<string> = new Set([...DERIVED, 'outputs']);
const DERIVED_OF_STEP: ReadonlySet<string> = new Set(['key', 'level', 'position', 'keep', 'uses']);

/** Where a plan keeps what is special to a kind of step; the author has written it beside the others. */
const SPEC = 'spec';
const specOf = (step: object): object => (step as { readonly [SPEC]?: object })[SPEC] ?? {};

export function planDifference(from: Plan, to: Plan): PlanDifference {
  const stepsOf = (plan: Plan) => new Map(plan.steps.map((step) => [step.key, step as object]));
  const inputsOf = (plan: Plan) => new Map(Object.entries(plan.inputs as Record<string, object>));
  return {
    inputs: partDifference(inputsOf(from), inputsOf(to)),
    steps: partDifference(stepsOf(from), stepsOf(to)),
    changed: changedMembers(from, to, haveNone(from, to) ? OF_SINKS : DERIVED),
  };
}

const haveNone = (...plans: readonly Plan[]): boolean =>
  plans.every(({ outputs }) => outputs.kind === 'sinks');

export function isSame({ inputs, steps, changed }: PlanDifference): boolean {
  const parts = [inputs, steps].flatMap((part) => [...part.added, ...part.removed, ...part.changed]);
  return parts.length === 0 && changed.length === 0;
}

function partDifference(from: ReadonlyMap<string, object>, to: ReadonlyMap<string, object>): PartDifference {
  const changed = [...to].flatMap(([name, part]) => {
    const former = from.get(name);
    // Most are as they were, and are seen to be at once.
    if (former === undefined || jsonEqual(former as Json, part as Json)) return [];
    const members = changedMembers(former, part, DERIVED_OF_STEP).flatMap((member) =>
      member === SPEC ? changedMembers(specOf(former), specOf(part), DERIVED_OF_STEP) : [member],
    );
    return members.length === 0 ? [] : [{ name, members }];
  });
  return {
    added: [...to.keys()].filter((name) => !from.has(name)),
    removed: [...from.keys()].filter((name) => !to.has(name)),
    changed,
  };
}

/** @param derived members that are not looked at */
function changedMembers(from: object, to: object, derived: ReadonlySet<string>): string[] {
  if (from === to) return [];
  const memberOf = (whole: object, name: string) => (whole as Record<string, Json | undefined>)[name] ?? null;
  const names = new Set([...Object.keys(from), ...Object.keys(to)]);
  return [...names].filter(
    (name) => !derived.has(name) && !isSameJson(memberOf(from, name), memberOf(to, name)),
  );
}

/** Most of a plan is as it was, and is seen to be without its text. */
const isSameJson = (left: Json, right: Json): boolean =>
  jsonEqual(left, right) || canonicalJson(left) === canonicalJson(right);
