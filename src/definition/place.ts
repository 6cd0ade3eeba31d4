/** What expressions may name at each place of a definition. */
import type { InputSpec } from '../plan/plan.ts';
import type { Place } from './expression.ts';
import type { Graph } from './graph.ts';
import { IMPLICIT_INPUT } from './inputs.ts';

/** The inputs of a definition, and whether bare names add to them. */
export interface Names {
  readonly inputs: Map<string, InputSpec>;
  readonly implicit: boolean;
}

/** The place of a step's fields. Of steps in or behind a cycle nothing is known, so nothing is refused. */
export function placeOfStep(step: string, steps: ReadonlySet<string>, graph: Graph, names: Names): Place {
  const unordered = !graph.levels.has(step);
  return {
    ...placeOutside(steps, names),
    step,
    isAncestor: (key) => (unordered || !graph.levels.has(key) ? key !== step : graph.isAncestor(key, step)),
    isDescendant: (key) => !unordered && graph.isAncestor(step, key),
  };
}

/** The place of `outputs`: after every step. */
export function placeOutside(steps: ReadonlySet<string>, names: Names): Place {
  return {
    steps,
    inputs: names.inputs,
    step: null,
    isAncestor: () => true,
    isDescendant: () => false,
    implicitInput: names.implicit ? (name) => names.inputs.set(name, IMPLICIT_INPUT) : null,
    secrets: false,
    status: false,
    error: false,
  };
}
