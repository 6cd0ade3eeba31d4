/** What expressions may name at each place of a definition. */
import type { InputSpec } from '../../plan/plan.ts';
import type { Place, Where } from '../expressions/expression-place.ts';
import type { Graph } from '../graph/graph.ts';
import { IMPLICIT_INPUT } from './inputs.ts';

const NO_STEPS: ReadonlySet<string> = new Set();
const NOTHING_SPECIAL = { secrets: false, status: false, error: false, only: null } as const;

/** Where nothing but secrets can be read. */
export const PLACE_OF_SECRETS: Place = {
  steps: NO_STEPS,
  inputs: new Map<string, InputSpec>(),
  step: null,
  isAncestor: () => false,
  isDescendant: () => false,
  implicitInput: null,
  firstUse: null,
  stepOfAgent: () => undefined,
  ...NOTHING_SPECIAL,
  secrets: true,
  only: 'secrets',
};

/** The inputs of a definition, and whether bare names add to them. */
export interface Names {
  readonly inputs: Map<string, InputSpec>;
  readonly implicit: boolean;
  /** Where each is read first. */
  readonly firstUse: Map<string, Where>;
  /** By agent, a step that it works in. */
  readonly stepsByAgent: ReadonlyMap<string, string>;
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
    firstUse: names.firstUse,
    stepOfAgent: (agent) => names.stepsByAgent.get(agent),
    implicitInput: names.implicit ? (name) => names.inputs.set(name, IMPLICIT_INPUT) : null,
    ...NOTHING_SPECIAL,
  };
}

/** The place of a workspace's source: before every step. */
export function placeBefore(steps: ReadonlySet<string>, names: Names): Place {
  return { ...placeOutside(steps, names), only: 'inputs' };
}
