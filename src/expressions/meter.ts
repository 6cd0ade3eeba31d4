/**
 * Bounds the work of one evaluation, the same on every machine: steps are counted, not time.
 *
 * A workflow activation of over 5 s kills its worker process, so an expression must end long before that, whatever
 * its author wrote and whatever the values are. One unit is roughly a microsecond.
 */
import { ExpressionError } from './expression-error.ts';

/** Units that one evaluation may spend inside the workflow. */
export const WORKFLOW_COST = 200_000;
/** Units that one evaluation may spend inside an activity. */
export const ACTIVITY_COST = 5_000_000;

let limitNow = WORKFLOW_COST;
let left = WORKFLOW_COST;

/** Runs `work` with a budget of its own. Not re-entrant: expressions do not evaluate expressions. */
export function metered<T>(limit: number, work: () => T): T {
  limitNow = limit;
  left = limit;
  return work();
}

/** Units that the last evaluation has spent. */
export function spentUnits(): number {
  return limitNow - Math.max(0, left);
}

/** Takes units from the budget of the evaluation under way. Throws when nothing is left. */
export function spend(units: number): void {
  left -= units;
  if (left >= 0) return;
  throw new ExpressionError(
    'expression_too_expensive',
    'The expression takes too much work on these values.',
  );
}

/** Takes what it costs to look through `value` once. */
export function spendOn(value: unknown): void {
  if (typeof value === 'string') spend(value.length >> 6);
  else if (Array.isArray(value)) spend(value.length);
  else if (value instanceof Map) spend(value.size);
}
