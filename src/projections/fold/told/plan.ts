/**
 * The event that a run has its plan, and with it its steps: which there are, of what kind, and what each waits for. Of very
 * many the first are told; all stand in `GET /runs/:id/steps`.
 */
import type { JsonObject } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { Place } from '../record/run-rows.ts';
import type { View } from '../record/view.ts';

/** Readers get events whole. */
const MAX_STEPS = 200;

export function announcePlan(view: View, place: Place, plan: Plan): void {
  const { version, hash, steps } = plan;
  const told: JsonObject[] = steps
    .slice(0, MAX_STEPS)
    .map(({ key, kind, dependencies }) => ({ key, kind, dependencies: [...dependencies] }));
  view.rows.addEvent(place, {
    type: 'plan',
    data: { version, hash, revision: view.rows.run.revision, step_count: steps.length, steps: told },
    causedBy: view.causes.start,
  });
}
