/** Compiles conditions: `when` of a step and `if` of its retry. */
import { evaluate } from '../../expressions/index.ts';
import type { Path } from '../../plan/json.ts';
import type { Condition, RetryPolicy } from '../../plan/plan.ts';
import type { Expression } from '../../plan/template.ts';
import type { Place } from './expression-place.ts';
import type { Compiled } from './expression.ts';
import { compileNoted } from './noted-expression.ts';
import type { Problems } from '../text/problem.ts';
import { hasBraces, splitTemplate } from './template.ts';

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
    const message =
      'A condition is one expression: braces inside of it, or in its quotes, make a text of it that is the same each time.';
    problems.error(
      'condition_is_text',
      path,
      message,
      `Write ${String(path.at(-1))}: ${meant(String(text), place)}`,
    );
    return null;
  }
  const compiled = compileNoted(bare, { path }, place, problems);
  if (compiled === null) return null;
  const type = declaredType(compiled, place) ?? compiled.type;
  if (type !== 'bool' && type !== 'dyn') {
    const message = `A condition must be true or false, this one is of type ${type}.`;
    problems.error('condition_not_boolean', path, message, hintOfType(bare, type));
    return null;
  }
  if (compiled.constant) noteConstant(text, compiled, path, problems);
  return compiled;
}

function hintOfType(bare: string, type: string): string {
  const quoted = /^\s*(["'])(.*)\1\s*$/s.exec(bare)?.[2];
  return type === 'string' && quoted !== undefined
    ? `Leave the quotes out: ${quoted}`
    : 'Compare it with something: … == …, size(…) > 0';
}

/** The type of an input that is the whole condition, where it is declared and cannot be true or false. */
function declaredType({ source, uses }: Compiled, place: Place): string | null {
  const [use] = uses;
  if (use?.root !== 'inputs' || use.path.length > 0) return null;
  if (!/^inputs(?:\.\w+|\["[^"]*"\])$/.test(source)) return null;
  const type = place.inputs.get(use.name)?.type;
  return type === undefined || type === 'any' || type === 'boolean' ? null : type;
}

function noteConstant(text: string | boolean, compiled: Compiled, path: Path, problems: Problems): void {
  const value = valueOf(compiled);
  const which = typeof value === 'boolean' ? `always ${value}` : 'the same each time';
  const message = `This condition is ${which}: it reads no input and no step.`;
  const hint =
    text === true || value === true ? 'Leave it out.' : 'Compare an input or a result with something.';
  problems.warn('condition_is_constant', path, message, hint);
}

function valueOf({ source }: Compiled): unknown {
  try {
    return evaluate(
      source,
      { inputs: {}, steps: {}, run: { id: '', workflow: '', version: '' } },
      { limit: 5_000 },
    );
  } catch {
    return null;
  }
}

/** `{{ x }}` as `x`; a bare expression as it is; null when braces stand in or beside it. */
function unwrapped(text: string): string | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{{')) return hasBraces(trimmed) ? null : trimmed;
  const parts = splitTemplate(trimmed);
  if (typeof parts === 'number') return null;
  const [only] = parts;
  if (parts.length !== 1 || typeof only !== 'object') return null;
  return hasBraces(only.expression) ? null : only.expression;
}

/** The condition with its braces, and the quotes around them, taken out. */
function meant(text: string, place: Place): string {
  if (text.length > 500) return 'a.result.ok && b.result.ok';
  const plain = text
    .replaceAll(/(["'])\s*\{\{\s*([^{}"']*?)\s*\}\}\s*\1/g, '$2')
    .replaceAll(/\{\{\s*([^{}]*?)\s*\}\}/g, '$1')
    .trim();
  const compared = /^([\w.-]+)\s*(==|!=)\s*(["'])(true|false|-?\d+(?:\.\d+)?)\3$/.exec(plain);
  if (compared === null) return plain;
  const [, name = '', operator = '', , value = ''] = compared;
  return place.inputs.get(name.replace(/^inputs\./, ''))?.type === 'string'
    ? plain
    : `${name} ${operator} ${value}`;
}
