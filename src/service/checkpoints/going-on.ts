/** What restoring and forking have in common: what is wanted of the core, and the plan as it travels. */
import type { Plan } from '../../plan/plan.ts';
import { isPlan, type Continuation, type Envelope, type Restored } from '../../protocol/envelope.ts';
import { readStoredPlan } from '../definitions/stored-plan.ts';
import type { Services } from '../services.ts';
import { travellingPlan } from '../starting/place-inputs.ts';

const AS_THEY_WERE = { turns: null, tokens: null, costMicros: null, durationMs: null } as const;

/** The limits stay as they were at the checkpoint. */
export function restoringFrom(
  restored: Restored,
  { reason, by }: { readonly reason?: string | undefined; readonly by?: string | undefined },
): Continuation {
  return { step: null, limits: AS_THEY_WERE, message: reason ?? null, by: by ?? null, restored };
}

/** @throws ConflictError `plan_not_found` where it is too large to travel along, and not stored any more */
export async function planOf(services: Services, plan: Plan): Promise<Envelope['plan']> {
  const travelling = travellingPlan(plan);
  if (isPlan(travelling)) return travelling;
  await readStoredPlan(services, plan);
  return travelling;
}
