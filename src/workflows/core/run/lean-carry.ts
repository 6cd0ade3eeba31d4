/** A state that somebody goes on from, where all of it is too large to reach an execution. Pure. */
import type { JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Continuation } from '../../../protocol/envelope.ts';
import { readByConditions, withPartsOf } from '../kernel/kept-parts.ts';
import { upgrade } from './carried.ts';
import { fatesOf } from './fates.ts';

/** The carry without the parts of results that only conditions of steps that stay as they are had read. */
export function leanCarry(carry: JsonObject, plan: Plan, wanted: Continuation): JsonObject {
  const stood = upgrade(carry);
  const { of: fates } = fatesOf(plan, stood, wanted);
  const open = plan.steps.filter(({ key }) => fates.get(key) !== 'kept');
  return { ...carry, steps: withPartsOf(readByConditions(open), stood.steps) as unknown as JsonObject };
}
