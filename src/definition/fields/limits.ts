/** Compiles limits of agents: of a segment (steps, agents) and of a whole run. */
import { writeJson } from '../../plan/exact-json.ts';
import type { Path } from '../../plan/json.ts';
import type { Limits } from '../../plan/plan.ts';
import { MAX_DOLLARS, microsOf } from '../../protocol/money.ts';
import { durationOr } from './durations.ts';
import type { Problems } from '../text/problem.ts';
import { limitsSchema } from './schema.ts';
import { shaped } from './shape.ts';

/** Limits of which some are not said. */
export type SomeLimits = { readonly [K in keyof Limits]?: Exclude<Limits[K], null> };

/** What `limits` says. What is wrong is noted, and left out. */
export function compileLimits(value: unknown, path: Path, problems: Problems): SomeLimits {
  if (value === undefined) return {};
  const shape = shaped(limitsSchema, value, path, problems);
  if (shape === null) return {};
  const cost = costOr(shape.max_cost_usd, [...path, 'max_cost_usd'], problems);
  const duration = durationOr(shape.max_duration, null, [...path, 'max_duration'], problems, 1);
  return {
    ...(shape.max_turns !== undefined && { maxTurns: shape.max_turns }),
    ...(shape.max_tokens !== undefined && { maxTokens: shape.max_tokens }),
    ...(cost !== null && { maxCostMicros: cost }),
    ...(duration !== null && { maxDurationMs: duration }),
    ...(shape.on_limit !== undefined && { onLimit: shape.on_limit }),
  };
}

/** Whole micro-dollars, at least one. A text keeps what a number could not: `"0.10"`. */
function costOr(value: string | number | undefined, path: Path, problems: Problems): number | null {
  if (value === undefined) return null;
  const dollars =
    typeof value === 'number' ? value : /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : -1;
  const micros = microsOf(dollars);
  if (micros >= 1 && dollars <= MAX_DOLLARS) return micros;
  const message = `${writeJson(value)} is no amount of US dollars between 0.000001 and ${MAX_DOLLARS}.`;
  problems.error('cost_invalid', path, message, 'Write for example 0.50 or "2.25".');
  return null;
}
