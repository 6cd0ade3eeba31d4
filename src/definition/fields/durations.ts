/** Durations in definitions. */
import { writeJson } from '../../plan/exact-json.ts';
import { parseDuration } from '../../plan/duration.ts';
import type { Path } from '../../plan/json.ts';
import type { Problems } from '../text/problem.ts';

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
    const meant = typeof value === 'string' ? durationMeant(value) : undefined;
    const hint = meant === undefined ? 'Write for example 500ms, 10s, 5m, 1h30m or 2d.' : `Write ${meant}.`;
    problems.error('duration_invalid', path, message, hint);
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

const WORDS =
  /^(\d+(?:\.\d+)?)\s*(ms|millis|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/i;
const ISO = /^PT?(?=.)(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/i;
const CLOCK = /^(\d{1,2}):(\d{2}):(\d{2})$/;

/** Durations as people and other languages write them, as they are written here. */
function durationMeant(text: string): string | undefined {
  const trimmed = text.trim();
  const [, amount = '', unit = ''] = WORDS.exec(trimmed) ?? [];
  if (unit !== '') return /^w/i.test(unit) ? `${Number(amount) * 7}d` : `${amount}${shortUnit(unit)}`;
  const bare = /^\d+$/.test(trimmed) ? `${trimmed}s, or ${trimmed}ms` : undefined;
  const iso = ISO.exec(trimmed)?.slice(1);
  const clock = CLOCK.exec(trimmed)?.slice(1);
  const parts = iso ?? (clock === undefined ? undefined : [undefined, ...clock]);
  if (parts === undefined) return bare;
  const written = parts.map((part, at) =>
    Number(part ?? 0) > 0 ? `${Number(part)}${'dhms'.charAt(at)}` : '',
  );
  return written.join('') || bare;
}

const shortUnit = (unit: string): string =>
  /^(?:ms|milli)/i.test(unit) ? 'ms' : unit.charAt(0).toLowerCase();
