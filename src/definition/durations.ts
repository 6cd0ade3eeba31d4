/** Durations in definitions. */
import { writeJson } from '../plan/exact-json.ts';
import { parseDuration } from '../plan/duration.ts';
import type { Path } from '../plan/json.ts';
import type { Problems } from './problem.ts';

/** Milliseconds, or `fallback` when nothing is written or what is written was noted as a problem. */
export function durationOr<F>(
  value: unknown,
  fallback: F,
  path: Path,
  problems: Problems,
  least = 0,
): number | F {
  if (value === undefined) return fallback;
  const ms = typeof value === 'string' || typeof value === 'number' ? parseDuration(value) : null;
  if (ms === null || ms < least) {
    const message = `${writeJson(value)} is no duration${ms === null ? '' : ' that can be used here: it is too short'}.`;
    problems.error('duration_invalid', path, message, 'Write for example 500ms, 10s, 5m, 1h30m or 2d.');
    return fallback;
  }
  if (typeof value === 'number' && value > 0) {
    problems.warn(
      'duration_without_unit',
      path,
      `${value} means ${value} ms.`,
      `Write ${value}ms or ${value}s.`,
    );
  }
  return ms;
}
