/**
 * Bounds the work of one evaluation, the same on every machine: steps are counted, not time.
 *
 * A workflow activation of over 5 s kills its worker process, and an activity that does not yield stops every other
 * one of its worker, so an expression must end long before that, whatever its author wrote and whatever the values
 * are. One unit is roughly a microsecond.
 *
 * Dialect 1 is how runs of interpreter version 1 evaluate: it counts less, and leaves some native functions unbounded.
 * Dialect 2 counts all that grows with the values, before it is done.
 */
import { ExpressionError } from './expression-error.ts';

export type Dialect = 1 | 2;

export interface Budget {
  /** Units; {@link WORKFLOW_COST} unless said otherwise. */
  readonly limit?: number;
  /** The newest unless said otherwise. */
  readonly dialect?: Dialect;
}

const NEWEST: Dialect = 2;

/** Units that one evaluation may spend inside the workflow. */
export const WORKFLOW_COST = 200_000;
/** Units that the evaluations of one activity may spend together. */
export const ACTIVITY_COST = 800_000;
/** Units that one call of a function may spend. */
const CALL_COST = 50_000;

let dialectNow: Dialect = NEWEST;
let limitNow = WORKFLOW_COST;
let left = WORKFLOW_COST;
let evaluations = 0;
let sourceLength = 0;
/** What must be left when the call under way ends. */
let floor = 0;
let callNow = '';

/** Runs `work` with a budget of its own. Not re-entrant: expressions do not evaluate expressions. */
export function metered<T>({ limit = WORKFLOW_COST, dialect = NEWEST }: Budget, work: () => T): T {
  evaluations += 1;
  dialectNow = dialect;
  limitNow = limit;
  left = limit;
  floor = 0;
  return work();
}

/** The dialect of the evaluation under way. */
export function dialect(): Dialect {
  return dialectNow;
}

/** Differs from one evaluation to the next. */
export function evaluation(): number {
  return evaluations;
}

/** Units that the last evaluation has spent. */
export function spentUnits(): number {
  return limitNow - Math.max(0, left);
}

/** Takes units from the budget of the evaluation under way. Throws when nothing is left. */
export function spend(units: number): void {
  left -= units;
  if (left >= floor) return;
  if (left >= 0) throw tooExpensive(`${callNow}() takes too much work on values as large as these.`);
  throw tooExpensive('The expression takes too much work on these values.');
}

/**
 * Takes what reading a source costs: parsing and checking it. Each time, since whether it was kept from before is not
 * the same everywhere.
 */
export function spendOnReading(source: string): void {
  if (dialectNow === 1) return;
  // What came in a forged plan may be anything.
  if (typeof source !== 'string')
    throw new ExpressionError('expression_error', 'An expression must be a text.');
  sourceLength = source.length;
  spend(40 + sourceLength * 1.5);
}

/** Takes what an error costs that is caught: its stack, and the source that it shows. */
export function spendOnError(): void {
  charge(30 + sourceLength / 80);
}

/** Takes units that only dialect 2 counts. */
export function charge(units: number): void {
  if (dialectNow > 1) spend(units);
}

/** Runs one call of a function, which may take no more than {@link CALL_COST}. */
export function inCall<T>(name: string, work: () => T): T {
  callNow = name;
  floor = Math.max(0, left - CALL_COST);
  try {
    return work();
  } finally {
    floor = 0;
  }
}

/** Takes what it costs to look through `value` once, as dialect 1 counts it. */
export function spendOn(value: unknown): void {
  if (typeof value === 'string') spend(value.length >> 6);
  else if (Array.isArray(value)) spend(value.length);
  else if (value instanceof Map) spend(value.size);
}

function tooExpensive(message: string): ExpressionError {
  return new ExpressionError('expression_too_expensive', message);
}
