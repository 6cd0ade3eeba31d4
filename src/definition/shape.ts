/** Applies a schema and turns what zod finds into problems with stable codes. */
import type { z } from 'zod';
import type { Path } from '../plan/json.ts';
import { inputTypeOf } from '../plan/inputs.ts';
import type { Problems } from './problem.ts';
import { closest, hintFor } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** The value as the schema types it, or null after its problems were noted. */
export function shaped<S extends z.ZodObject>(
  schema: S,
  value: unknown,
  path: Path,
  problems: Problems,
): z.infer<S> | null {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, value, path, Object.keys(schema.shape), problems);
  return null;
}

function report(
  issue: Issue,
  value: unknown,
  path: Path,
  fields: readonly string[],
  problems: Problems,
): void {
  const at = [...path, ...(issue.path as Path)];
  if (issue.code === 'unrecognized_keys') {
    const given = new Set(Object.keys(value as object));
    const free = fields.filter((name) => !given.has(name));
    for (const name of issue.keys) unknownField(name, [...at, name], { free, fields }, problems);
    return;
  }
  const field = at.at(-1);
  if (issue.input === undefined) {
    problems.error(
      'field_missing',
      at,
      `The field "${field}" is missing.`,
      `Add ${field}: ${expectedBy(issue)}.`,
    );
    return;
  }
  const what =
    field === undefined ? 'The definition' : typeof field === 'number' ? 'This entry' : `"${field}"`;
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union') {
    const message = `${what} must be ${expectedBy(issue)}, not ${described(issue.input)}.`;
    problems.error('field_type', at, message, quotingHint(issue));
    return;
  }
  problems.error('field_value', at, `${what} must be ${expectedBy(issue)}.`);
}

function unknownField(
  name: string,
  at: Path,
  { free, fields }: { readonly free: readonly string[]; readonly fields: readonly string[] },
  problems: Problems,
): void {
  const hint = (): string => hintFor(name, closest(name, free) === undefined ? fields : free, '');
  problems.error('field_unknown', at, `There is no field "${name}" here.`, hint, 'key');
}

function quotingHint(issue: Issue): string | undefined {
  if (!('expected' in issue) || issue.expected !== 'string') return undefined;
  const scalar = ['number', 'bigint', 'boolean'].includes(typeof issue.input);
  return scalar ? `Write it in quotes: "${String(issue.input)}".` : undefined;
}

/** What the schema wants, in words. */
function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPE_WORDS[issue.expected] ?? issue.expected;
    case 'invalid_union':
      return 'a text or a plain value';
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int' ? `at least ${issue.minimum}` : 'filled in';
    case 'too_big':
      return `at most ${issue.maximum}`;
    default:
      return 'something else';
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of names to values',
};

function described(value: unknown): string {
  const type = inputTypeOf(value);
  const words: Record<string, string> = { string: 'a text', array: 'a list', object: 'a map', null: 'empty' };
  return words[type] ?? (typeof value === 'boolean' ? String(value) : `the number ${String(value)}`);
}
