/** Checks of what a caller sent; what is wrong is told at once. */
import type { z } from 'zod';
import { InvalidError, type ErrorDetail } from '../../errors/errors.ts';

/** Deeper JSON is refused before anything recursive walks over it. */
const MAX_DEPTH = 100;
/** So much that is wrong is told. */
const MAX_DETAILS = 50;

/**
 * `value` in the schema's form.
 *
 * @param place what it is a part of: `params`, `query` or `body`; stands before each path.
 * @throws InvalidError `invalid_request` with a detail for each thing that is wrong.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  assertShallow(value, place);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.slice(0, MAX_DETAILS).map((issue) => detailOf(issue, place));
  const summary = details.map((detail) => `${detail.path}: ${detail.message}`).join('; ');
  throw new InvalidError('invalid_request', `The ${place} is not in its form. ${summary}`, details);
}

function detailOf(issue: z.core.$ZodIssue, place: string): ErrorDetail {
  return { path: [place, ...issue.path.map(String)].join('.'), code: issue.code, message: issue.message };
}

function assertShallow(value: unknown, place: string): void {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      const message = `The ${place} is nested deeper than ${MAX_DEPTH} levels. Flatten it.`;
      throw new InvalidError('invalid_request', message, [{ path: place, code: 'too_deep', message }]);
    }
    level = level.flatMap(membersOf);
  }
}

function membersOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
