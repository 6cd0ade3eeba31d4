/**
 * Checks the JSON Schemas of a definition: `output_schema` of agents and `form` of questions.
 *
 * Guarantees on success: the schema keeps to draft 7 (with `$defs`), refers to nothing outside itself, and can be
 * applied in bounded time. Whether any value fits it is not judged.
 */
import { formFaults } from '../../expressions/index.ts';
import { canonicalJson } from '../../plan/canonical.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { valueAt, type Json, type JsonObject, type Path } from '../../plan/json.ts';
import { schemaFaults, sizeFault, type PatternBudget } from '../../plan/schema/schema-faults.ts';
import { typeMeant } from '../hints/foreign-names.ts';
import type { Problems } from '../text/problem.ts';
import { noteUnknownWords } from '../hints/schema-words.ts';
import { closest } from '../hints/suggest.ts';

const DRAFTS = /^https?:\/\/json-schema\.org\/(?:draft-07|draft\/2019-09|draft\/2020-12)\/schema#?$/;
const HINT = 'See https://json-schema.org (draft 7).';
/** The schema without its `$schema`, or null after its problems were noted. */
export function compileSchema(schema: JsonObject, path: Path, problems: Problems): JsonObject | null {
  const { $schema: draft, ...rest } = schema;
  if (draft !== undefined && !(typeof draft === 'string' && DRAFTS.test(draft))) {
    const message = `The schema is of a draft that is not known: ${writeJson(draft)}.`;
    problems.error('schema_invalid', [...path, '$schema'], message, 'Leave $schema out.');
    return null;
  }
  const outside = refsIn(rest).filter(({ ref }) => !ref.startsWith('#'));
  for (const { ref, at } of outside) {
    const message = `The schema refers to ${writeJson(ref)}, which stands outside of it.`;
    problems.error(
      'schema_invalid',
      [...path, ...at],
      message,
      'Put it under $defs and refer to #/$defs/NAME.',
    );
  }
  if (outside.length > 0) return null;
  if (sizeFault(rest) === null && noteUnknownWords(rest, keywordsIn(rest), path, problems)) return null;
  const faults = faultsOf(rest, patternsOf(problems));
  for (const { at, message } of faults)
    problems.error('schema_invalid', [...path, ...at], message, () => hintAt(rest, at));
  return faults.length === 0 ? rest : null;
}

const JSON_TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/** A type that is misspelt, or another language's word for one. */
function hintAt(schema: JsonObject, at: Path): string {
  const value = at.includes('type') ? valueAt(schema, at) : undefined;
  const wrong = [value].flat().find((one) => typeof one === 'string' && !JSON_TYPES.includes(one));
  const near = typeof wrong === 'string' ? (typeMeant(wrong) ?? closest(wrong, JSON_TYPES)) : undefined;
  return near === undefined ? HINT : `Did you mean "${near}"?`;
}

/** A schema that is applied inside the workflow: it must not run away there. */
export function compileForm(schema: JsonObject, path: Path, problems: Problems): JsonObject | null {
  const form = compileSchema(schema, path, problems);
  if (form === null) return null;
  const faults = formFaults(form);
  for (const { at, message } of faults)
    problems.error('schema_invalid', [...path, ...at], message, 'Write a simpler form.');
  return faults.length === 0 ? form : null;
}

/** All patterns of a definition's schemas together; units of about a microsecond. */
const MAX_PATTERN_UNITS = 1_000_000;
const MAX_FAULTS = 100;

const budgets = new WeakMap<Problems, PatternBudget>();

function patternsOf(problems: Problems): PatternBudget {
  const budget = budgets.get(problems) ?? { units: MAX_PATTERN_UNITS };
  budgets.set(problems, budget);
  return budget;
}

interface Fault {
  readonly at: Path;
  readonly message: string;
}

function faultsOf(schema: JsonObject, patterns: PatternBudget): readonly Fault[] {
  const faults = schemaFaults(schema, patterns);
  if (faults.length > 0) return faults;
  return keywordsIn(schema)
    .flatMap(({ name, value, at }) => {
      const wanted = wantedBeside(name, value);
      return wanted === null ? [] : [{ at, message: `"${name}" must ${wanted}.` }];
    })
    .slice(0, MAX_FAULTS);
}

const TEXTS: ReadonlySet<string> = new Set(['$comment', 'contentMediaType', 'contentEncoding']);
const UNIQUE: ReadonlySet<string> = new Set(['enum', 'required', 'type']);

/** What draft 7 asks of a keyword, beside what makes a schema usable. */
function wantedBeside(name: string, value: Json): string | null {
  if (name === 'multipleOf') return Number(value) > 0 ? null : 'be more than 0';
  if (name === 'examples') return Array.isArray(value) ? null : 'be a list';
  if (name === 'readOnly') return typeof value === 'boolean' ? null : 'be true or false';
  if (TEXTS.has(name)) return typeof value === 'string' ? null : 'be a text';
  if (UNIQUE.has(name) && Array.isArray(value))
    return hasTwice(value as readonly Json[]) ? 'name nothing twice' : null;
  return null;
}

/** By their JSON, so that long lists are not compared each with each. */
function hasTwice(values: readonly Json[]): boolean {
  return new Set(values.map((value) => canonicalJson(value))).size < values.length;
}

/** A keyword anywhere in a schema, with the path to its value. */
interface Keyword {
  readonly name: string;
  readonly value: Json;
  readonly at: Path;
}

/** Members hold data, in which nothing is a keyword. */
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);
/** Members hold schemas by a name of the author's. */
const MAPS: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies'],
]);

function keywordsIn(schema: Json, at: Path = []): readonly Keyword[] {
  return membersOf(schema).flatMap(([name, value]) => {
    const here = [...at, name];
    const keyword = typeof name === 'string' ? [{ name, value, at: here }] : [];
    if (DATA.has(String(name))) return keyword;
    const inner = MAPS.has(String(name))
      ? membersOf(value).flatMap(([key, member]) => keywordsIn(member, [...here, key]))
      : keywordsIn(value, here);
    return [...keyword, ...inner];
  });
}

function refsIn(schema: JsonObject): readonly { readonly ref: string; readonly at: Path }[] {
  return keywordsIn(schema).flatMap(({ name, value, at }) =>
    name === '$ref' && typeof value === 'string' ? [{ ref: value, at }] : [],
  );
}

function membersOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? [...(value as readonly Json[]).entries()] : Object.entries(value);
}
