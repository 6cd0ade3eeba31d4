/** What model calls consumed, as runs, steps and attempts sum it up. */
import { bigint, integer, nullable } from '../column.ts';

export const consumption = {
  turns: integer(),
  input_tokens: bigint(),
  output_tokens: bigint(),
  total_tokens: bigint(),
  /** Micro-dollars; null once the price of a call is unknown. */
  cost_estimate: nullable(bigint()),
};
