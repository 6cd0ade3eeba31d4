/** Foresees whether an evaluation fits where it is to run, from the shape of the expression and the size of its values. */
import type { Json } from '../plan/json.ts';
import { ExpressionError } from './expression-error.ts';
import { WORKFLOW_COST } from './meter.ts';

/** Number of JSON values in `value`, itself and all members at any depth included. */
export function countValues(value: Json | undefined): number {
  if (value === undefined) return 0;
  if (typeof value !== 'object' || value === null) return 1;
  let count = 1;
  for (const member of Object.values(value)) count += countValues(member);
  return count;
}

/** True when list macros nested `nesting` deep over `values` JSON values stay within `limit` units. */
export function affordable(nesting: number, values: number, limit = WORKFLOW_COST): boolean {
  return nesting === 0 || Math.max(values, 1) ** nesting <= limit;
}

/** Throws `expression_too_expensive` when {@link affordable} is false. */
export function checkCost(nesting: number, values: number, limit = WORKFLOW_COST): void {
  if (affordable(nesting, values, limit)) return;
  const message =
    `List functions nested ${nesting} deep over ${values} values would take more than ${limit} steps. ` +
    'Nest less, or hand over a smaller part of the values.';
  throw new ExpressionError('expression_too_expensive', message);
}
