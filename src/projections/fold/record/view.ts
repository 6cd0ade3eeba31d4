/** What the parts of the view share: the rows, who caused what, what is needed, and the plan in force. */
import type { Address } from '../../../plan/address.ts';
import type { Json, JsonObject } from '../../../plan/json.ts';
import type { Plan, PlanStep } from '../../../plan/plan.ts';
import { stepAt } from '../../../plan/step-at.ts';
import { FIRST_VERSION } from '../../../workflows/core/index.ts';
import { Causes } from './causes.ts';
import type { HistoryPlace, RunRows } from './run-rows.ts';
import type { Need } from '../../../tables/projected/need.ts';
import type { RunStatus } from '../../../protocol/status.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { Thread } from './thread.ts';
import { memberOf } from './usage.ts';

/** Where a step is in its life. */
type Standing = Pick<StepRow, 'status' | 'attempt'>;

export class View {
  readonly rows: RunRows;
  readonly causes = new Causes();
  readonly thread = new Thread();
  /** Agents that a pause has held up, until the end of the task that ends it; with the event that did. */
  readonly resting = new Map<string, number>();
  plan: Plan | null = null;
  /** By what brought them. */
  readonly #needs = new Map<string, Need>();
  /** Of commands that failed, by step. */
  readonly #exits = new Map<string, number>();
  /** The version of the interpreter that the run has, as far as it is known. */
  interpreter: number = FIRST_VERSION;
  /** Who asked for the pause that stands, where only history knows: a bare signal says it to Temporal alone. */
  pausedBy: string | null = null;
  /** Of steps that have moved in the decision at work; their rows follow at its end. */
  readonly #standings = new Map<string, Standing>();

  constructor(rows: RunRows) {
    this.rows = rows;
  }

  spec(address: Address): PlanStep | undefined {
    return this.plan === null ? undefined : stepAt(this.plan, address);
  }

  /** @param details of a command's failure */
  rememberExit(step: string, details: unknown): void {
    const code = memberOf(memberOf(details, 'data'), 'exit_code');
    if (typeof code === 'number') this.#exits.set(step, code);
    else this.#exits.delete(step);
  }

  /** Exit code of the step's last failed command; null when there was none. */
  exitCode(step: string): number | null {
    return this.#exits.get(step) ?? null;
  }

  /** @param key tells needs apart @param need null: it is met */
  setNeed(place: HistoryPlace, key: string, need: Need | null): void {
    if (need === null && !this.#needs.has(key)) return;
    if (need === null) this.#needs.delete(key);
    else this.#needs.set(key, need);
    this.rows.changeRun(place.timeMs, { needs: [...this.#needs.values()] });
  }

  /** What a limit needs that was reached. @param step null: the run's own */
  limitNeed(step: string | null): Need | undefined {
    return this.#needs.get(limitKey(step));
  }

  /** Nothing is needed any more, limits excepted where `keepLimits`. */
  clearNeeds(place: HistoryPlace, keepLimits = false): void {
    for (const [key, { kind }] of this.#needs) {
      if (!keepLimits || kind !== 'limit') this.setNeed(place, key, null);
    }
  }

  /** How a step stands, as far as it has been told. */
  standing(row: StepRow): Standing {
    return this.#standings.get(row.key) ?? row;
  }

  /** A step's row follows what has been told. */
  writeStep(row: StepRow, columns: Partial<StepRow>): void {
    this.#standings.delete(row.key);
    this.rows.changeStep(row, columns);
  }

  /** The rows have followed. */
  endDecision(): void {
    this.#standings.clear();
    this.resting.clear();
  }

  /** The run goes to another state. Answers the event's seq. */
  moveRun(place: HistoryPlace, to: RunStatus, data: JsonObject, causedBy: number | null): number {
    const from = this.rows.run.status;
    this.rows.changeRun(place.timeMs, { status: to });
    return this.runEvent(place, { from, to, ...data }, causedBy);
  }

  /** The run changes state, or says something about the state it is in. Answers the event's seq. */
  runEvent(place: HistoryPlace, data: JsonObject, causedBy: number | null): number {
    return this.rows.addEvent(place, {
      type: 'status_change',
      data: present({ scope: 'run', ...data }),
      causedBy,
    });
  }

  /** Tells that a step goes to another state. Answers the event's seq. */
  moveStep(
    place: HistoryPlace,
    row: StepRow,
    to: Partial<Standing> & Pick<Standing, 'status'>,
    more: { readonly causedBy: number | null; readonly data?: JsonObject },
  ): number {
    const { status: from, attempt: before } = this.standing(row);
    const { status, attempt = before } = to;
    this.#standings.set(row.key, { status, attempt });
    return this.rows.addEvent(place, {
      type: 'status_change',
      step: row.key,
      ...(attempt > 0 ? { attempt } : {}),
      data: present({ scope: 'step', from, to: status, ...more.data }),
      causedBy: more.causedBy,
    });
  }
}

/** The key of what a reached limit needs. @param step null: the run's own */
export function limitKey(step: string | null): string {
  return `limit ${step ?? ''}`;
}

/** Without the members that are null. */
export function present(data: JsonObject): JsonObject {
  const known: Record<string, Json> = {};
  for (const name of Object.keys(data)) {
    const value = data[name];
    if (value != null) known[name] = value;
  }
  return known;
}
