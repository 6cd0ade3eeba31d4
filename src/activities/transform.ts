/** Transforms whose values are too large for the workflow: the same expression, evaluated here. */
import type { TransformSpec } from '../plan/plan.ts';
import type { Perform } from './step-activity.ts';

/** A transform has no effect and needs nothing from outside. */
export const performTransform: Perform<TransformSpec> = async ({ spec, render }) => {
  return { value: render(spec.value) };
};
