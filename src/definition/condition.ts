/** Compiles conditions: `when` of a step and `if` of its retry. */
import type { Path } from '../plan/json.ts';
import type { Condition, RetryPolicy } from '../plan/plan.ts';
import type { Expression } from '../plan/template.ts';
import type { Place } from './expression-place.ts';
import type { Compiled } from './expression.ts';
import { compileNoted } from './noted-expression.ts';
import type { Problems } from './problem.ts';
import { splitTemplate, withoutStrings } from './template.ts';

/** A `when`; without a word about status it also means `succeeded()`. */
export function compileWhen(
  text: string | boolean,
  path: Path,
  place: Place,
  problems: Problems,
): Condition | null {
  const compiled = compileBoolean(text, path, { ...place, status: true }, problems);
  if (compiled === null) return null;
  const { source, uses, statusAware } = compiled;
  // A comment at the end must not swallow the bracket.
  const end = source.includes('//') ? '\n)' : ')';
  return {
    source: statusAware ? source : `status.succeeded && (${source}${end}`,
    uses,
    statusAware,
  };
}

/** The `if` of a retry: over the failure to be judged (`error`), inputs and earlier steps. */
export function compileRetryIf(
  text: string | boolean,
  path: Path,
  place: Place,
  problems: Problems,
): RetryPolicy['if'] {
  const compiled = compileBoolean(text, path, { ...place, error: true }, problems);
  if (compiled === null) return null;
  const { source, uses } = compiled;
  return { source, uses } satisfies Expression;
}

function compileBoolean(
  text: string | boolean,
  path: Path,
  place: Place,
  problems: Problems,
): Compiled | null {
  const bare = unwrapped(String(text));
  if (bare === null) {
    const message = 'A condition is one expression, not a text with expressions in it.';
    problems.error(
      'condition_is_text',
      path,
      message,
      'Leave the braces out: when: a.result.ok && b.result.ok',
    );
    return null;
  }
  const compiled = compileNoted(bare, { path }, place, problems);
  if (compiled === null) return null;
  const { type } = compiled;
  if (type === 'bool' || type === 'dyn') return compiled;
  const message = `A condition must be true or false, this one is of type ${type}.`;
  problems.error('condition_not_boolean', path, message, 'Compare it with something: … == …, size(…) > 0');
  return null;
}

/** `{{ x }}` as `x`; a bare expression as it is; null when there is more than one interpolation or text around it. */
function unwrapped(text: string): string | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{{'))
    return trimmed.includes('{{') && splitTemplate(trimmed) !== 0 ? outsideStrings(trimmed) : trimmed;
  const parts = splitTemplate(trimmed);
  const [only] = typeof parts === 'number' ? [] : parts;
  return typeof parts === 'object' && parts.length === 1 && typeof only === 'object' ? only.expression : null;
}

/** The text when its `{{` stand inside quoted strings only, else null. */
function outsideStrings(text: string): string | null {
  return withoutStrings(text).includes('{{') ? null : text;
}
