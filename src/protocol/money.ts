/** Money: integer micro-dollars wherever it is counted, dollars where people write it. */

const MICROS_PER_DOLLAR = 1_000_000;

/** The least that can be told apart, in dollars. */
export const LEAST_DOLLARS = 1 / MICROS_PER_DOLLAR;

/** The most that a limit may be, in dollars. */
export const MAX_DOLLARS = 1_000_000;

/** Whole micro-dollars. */
export function microsOf(dollars: number): number {
  return Math.round(dollars * MICROS_PER_DOLLAR);
}

export function dollarsOf(micros: number): number {
  return micros / MICROS_PER_DOLLAR;
}
