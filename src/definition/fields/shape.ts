/**
 * Applies a schema and turns what zod finds into problems with stable codes.
 *
 * Scalars of text fields are taken as they are written. What is wrong is noted and left out, so that the rest is still
 * looked at: a field that is missing stands empty then, and a word of another tool is read as the field that was meant.
 */
import type { z } from 'zod';
import type { Path } from '../../plan/json.ts';
import { inputTypeOf } from '../../plan/inputs.ts';
import { typeMeant } from '../hints/foreign-names.ts';
import { listMeant, listText, meaningOf } from '../hints/foreign-words.ts';
import type { Problems } from '../text/problem.ts';
import { BRACES, data } from './schema.ts';
import { closest, hintFor } from '../hints/suggest.ts';
import { hasBraces } from '../expressions/template.ts';
import { mapTexts } from '../expressions/text-fields.ts';

type Issue = z.core.$ZodIssue;
type Members = Readonly<Record<string, unknown>>;

/** Says more of a field that is unknown than the table of words does; null = nothing. */
type Explain = (name: string) => string | null;

interface Options {
  readonly explain?: Explain;
}

/** The value as the schema types it, or null when it is no map at all. Its problems were noted. */
export function shaped<S extends z.ZodObject>(
  schema: S,
  value: unknown,
  path: Path,
  problems: Problems,
  options: Options = {},
): z.infer<S> | null {
  const given = isMembers(value) ? knownOf(schema, value, path, problems, options) : value;
  const read = mapTexts(schema, given, path, (field, scalar, at) => asText(field, scalar, at, problems));
  const result = schema.safeParse(read, { reportInput: true });
  if (isMembers(read)) noteEmpty(schema, read, path, problems);
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(issue, path, problems);
  return isMembers(read) ? salvaged(schema, read, result.error.issues) : null;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A scalar of a text field, as its author wrote it. */
function asText(
  field: unknown,
  value: string | number | bigint | boolean,
  path: Path,
  problems: Problems,
): string {
  const text = typeof value === 'string' ? value : (problems.written(path) ?? String(value));
  const braces = BRACES.get(field);
  if (braces === undefined || !hasBraces(text)) return text;
  const name = [...path].reverse().find((part) => typeof part === 'string') ?? '';
  const message = `"${name}" takes no templates: its {{ }} stays as it is written.`;
  if (braces === 'no') problems.error('template_not_here', path, message, 'Write the text itself.');
  else problems.warn('template_not_here', path, message, 'Put what is computed into the prompt.');
  return text;
}

/** A field that may hold anything and holds nothing: `outputs:` with its text forgotten. */
function noteEmpty(schema: z.ZodObject, value: Members, path: Path, problems: Problems): void {
  for (const [name, field] of Object.entries(schema.shape as Record<string, z.core.$ZodType>)) {
    if (value[name] !== null || !isData(field)) continue;
    const at = [...path, name];
    if (problems.written(at) !== '') continue;
    problems.error('field_type', at, `"${name}" is empty.`, 'Write null where nothing is meant.', 'key');
  }
}

const isData = (field: z.core.$ZodType): boolean =>
  ('innerType' in field._zod.def ? field._zod.def.innerType : field) === data;

/** The members that the schema knows; the others are noted, and read as what was meant by them. */
function knownOf(
  schema: z.ZodObject,
  value: Members,
  path: Path,
  problems: Problems,
  { explain }: Options,
): Members {
  const fields = Object.keys(schema.shape);
  const names = Object.keys(value);
  const strangers = names.filter((name) => !Object.hasOwn(schema.shape, name));
  if (strangers.length === 0) return value;
  const free = new Set(fields.filter((field) => !Object.hasOwn(value, field)));
  const known: Record<string, unknown> = {};
  for (const name of names) if (!strangers.includes(name)) known[name] = value[name];
  for (const name of strangers) {
    const told = explain?.(name) ?? null;
    const meaning = told === null ? meaningOf(name, value[name], fields, free) : undefined;
    noteUnknown(name, value[name], [...path, name], { fields, free, hint: told ?? meaning?.hint }, problems);
    // A text may stand for many things; a list or map for steps only.
    const holdsSteps = meaning?.field !== 'steps' || typeof value[name] === 'object';
    if (meaning === undefined || !meaning.reads || !holdsSteps) continue;
    known[meaning.field] = value[name];
    free.delete(meaning.field);
    problems.readAs(path, meaning.field, name);
  }
  return known;
}

interface Known {
  readonly fields: readonly string[];
  readonly free: ReadonlySet<string>;
  readonly hint: string | undefined;
}

function noteUnknown(name: string, value: unknown, path: Path, known: Known, problems: Problems): void {
  const { fields, free } = known;
  const near = (): string | undefined => closest(name, free) ?? closest(name, fields);
  const hint = (): string => {
    if (known.hint !== undefined) return known.hint;
    if (value === null && near() === undefined) return IN_BRACKETS;
    return hintFor(name, closest(name, free) === undefined ? fields : [...free], '');
  };
  problems.error('field_unknown', path, `There is no field "${name}" here.`, hint, 'key');
}

const IN_BRACKETS = 'Between { and } a comma ends a text: write a text with commas in quotes.';

function report(issue: Issue, path: Path, problems: Problems): void {
  const at = [...path, ...(issue.path as Path)];
  const field = at.at(-1);
  if (issue.input === undefined) {
    const hint = `Add ${field}: ${expectedBy(issue)}.`;
    problems.error('field_missing', at, `The field "${field}" is missing.`, hint);
    return;
  }
  const what =
    field === undefined ? 'The definition' : typeof field === 'number' ? 'This entry' : `"${field}"`;
  if (issue.code === 'invalid_type' || issue.code === 'invalid_union') {
    const message = `${what} must be ${expectedBy(issue)}, not ${described(issue.input)}.`;
    problems.error('field_type', at, message, typeHint(issue, String(field), problems.written(at)));
    return;
  }
  const message = `${what} must be ${expectedBy(issue)}.`;
  problems.error('field_value', at, message, () => valueHint(issue));
}

/** How what was meant is written, where that can be told. */
function typeHint(issue: Issue, field: string, written: string | undefined): string | undefined {
  const expected = 'expected' in issue ? issue.expected : undefined;
  if (issue.input === null && (expected === 'string' || issue.code === 'invalid_union'))
    return emptyHint(written);
  if (expected === 'array' && typeof issue.input === 'string') {
    if (field === 'command') return commandHint(issue.input);
    return `Write a list: ${field}: ${listText(issue.input)}.`;
  }
  if (expected === 'array' && field === 'steps') return 'Write a list: each step begins with "- key: NAME".';
  if (expected === 'record' && Array.isArray(issue.input)) {
    const names = listMeant(issue.input) ?? ['NAME'];
    const members = names.slice(0, 8).map((name) => `${name}: ${field === 'inputs' ? 'any' : '…'}`);
    return `Write names with values: ${field}: {${members.join(', ')}}.`;
  }
  if (expected === 'boolean' && typeof issue.input === 'string')
    return /^(?:true|yes|on|1)$/i.test(issue.input) ? 'Write true.' : 'Write true or false, without quotes.';
  const numeric = expected === 'number' || expected === 'int';
  return numeric && typeof issue.input === 'string' && /^\d+(?:\.\d+)?$/.test(issue.input)
    ? `Write it without quotes: ${issue.input}.`
    : undefined;
}

function emptyHint(written: string | undefined): string {
  return written === undefined || written === ''
    ? 'Write "" for an empty text. What begins with # is a comment unless it is in quotes.'
    : `Write ${JSON.stringify(written)} in quotes if the word is meant, or leave the field out.`;
}

/** There is no shell, unless it is asked for. */
function commandHint(text: string): string {
  const plain = /^[\w./:=@%+,-]+(?: +[\w./:=@%+,-]+)*$/.test(text);
  return plain
    ? `Write a list, one entry for each argument: command: [${text.split(/ +/).join(', ')}].`
    : `There is no shell unless you ask for one: command: [sh, -c, ${JSON.stringify(text)}].`;
}

function valueHint(issue: Issue): string | undefined {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return undefined;
  const values = issue.values.map(String);
  const type = typeMeant(issue.input);
  const near =
    values.find((one) => one.toLowerCase() === String(issue.input).toLowerCase()) ??
    (type !== undefined && values.includes(type) ? type : closest(issue.input, values));
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

/** What is left when everything that is wrong is taken out. Required fields stand empty. */
function salvaged<S extends z.ZodObject>(
  schema: S,
  value: Members,
  issues: readonly Issue[],
): z.infer<S> | null {
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  const left: Record<string, unknown> = {};
  for (const name of Object.keys(value)) if (!wrong.has(name)) left[name] = value[name];
  for (const name of wrong) {
    const instead = standIn(schema, name, value[name]);
    if (instead !== undefined) left[name] = instead;
  }
  const again = schema.safeParse(left);
  return again.success ? again.data : null;
}

function standIn(schema: z.ZodObject, name: string, value: unknown): unknown {
  const field = (schema.shape as Record<string, z.core.$ZodType>)[name];
  if (field === undefined) return undefined;
  const inner = 'innerType' in field._zod.def ? (field._zod.def.innerType as z.core.$ZodType) : field;
  // A text for a list of names means these names.
  if (inner._zod.def.type === 'array' && typeof value === 'string' && name !== 'command')
    return listMeant(value);
  if (inner !== field) return undefined;
  switch (field._zod.def.type) {
    case 'array':
      return name === 'command' ? [STAND_IN] : [];
    case 'string':
      return STAND_IN;
    default:
      return field._zod.def.type === 'union' ? 0 : undefined;
  }
}

/** Stands where a text is missing: it names nothing, and nothing more is said of it. */
export const STAND_IN = '?';

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
