/** What the parts of the view share: the rows, who caused what, and the plan in force. */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { Causes } from './causes.ts';
import type { Place, RunRows } from './run-rows.ts';
import type { StepRow } from './rows.ts';

export class View {
  readonly rows: RunRows;
  readonly causes = new Causes();
  #plan: Plan | null = null;
  #specs = new Map<string, PlanStep>();

  constructor(rows: RunRows) {
    this.rows = rows;
  }

  get plan(): Plan | null {
    return this.#plan;
  }

  set plan(plan: Plan | null) {
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.#specs = new Map(plan?.steps.map((step) => [step.key, step]));
  }

  spec(key: string): PlanStep | undefined {
    return this.#specs.get(key);
  }

  /** The run changes state, or says something about the state it is in. Answers the event's seq. */
  runEvent(place: Place, data: JsonObject, causedBy: number | null): number {
    return this.rows.addEvent(place, {
      type: 'status_change',
      data: present({ scope: 'run', ...data }),
      causedBy,
    });
  }

  /** A step goes to another state. Answers the event's seq. */
  moveStep(
    place: Place,
    row: StepRow,
    changes: Partial<StepRow> & Pick<StepRow, 'status'>,
    more: { readonly causedBy: number | null; readonly data?: JsonObject },
  ): number {
    const from = row.status;
    this.rows.changeStep(row, changes);
    return this.rows.addEvent(place, {
      type: 'status_change',
      step: row.key,
      ...(row.attempt > 0 ? { attempt: row.attempt } : {}),
      data: present({ scope: 'step', from, to: changes.status, ...more.data }),
      causedBy: more.causedBy,
    });
  }
}

/** Without the members that are null. */
export function present(data: JsonObject): JsonObject {
  const known = Object.entries(data).filter((entry): entry is [string, Json] => entry[1] !== null);
  return Object.fromEntries(known);
}
