/** Steps whose work may have effects in the world that a repetition has again. */
import type { Address } from '../plan/address.ts';
import type { Plan } from '../plan/plan.ts';
import { KINDS, mayAct } from '../workflows/core/index.ts';

export function actingSteps({ steps }: Plan): ReadonlySet<Address> {
  return new Set(steps.filter((step) => mayAct(KINDS, step)).map(({ key }) => key));
}
