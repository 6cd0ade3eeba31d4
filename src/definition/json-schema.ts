/**
 * Checks the JSON Schemas of a definition: `output_schema` of agents and `form` of questions.
 *
 * Guarantees on success: the schema keeps to draft 7 (with `$defs`), refers to nothing outside itself, and can be
 * compiled. Whether any value fits it is not judged.
 */
import { Ajv, type ErrorObject } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { messageOf } from '../errors/errors.ts';
import { formFaults } from '../expressions/index.ts';
import { valueAt, type Json, type JsonObject, type Path } from '../plan/json.ts';
import type { Problems } from './problem.ts';

const DRAFTS = /^https?:\/\/json-schema\.org\/(?:draft-07|draft\/2019-09|draft\/2020-12)\/schema#?$/;
const HINT = 'See https://json-schema.org (draft 7).';
// A CommonJS module whose default export Node hands over as a member.
const addFormats = addFormatsModule.default;
/** Knows the schema of schemas. Keeps nothing of what it checks. */
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
addFormats(ajv);

/** The schema without its `$schema`, or null after its problems were noted. */
export function compileSchema(schema: JsonObject, path: Path, problems: Problems): JsonObject | null {
  const { $schema: draft, ...rest } = schema;
  if (draft !== undefined && !(typeof draft === 'string' && DRAFTS.test(draft))) {
    const message = `The schema is of a draft that is not known: ${JSON.stringify(draft)}.`;
    problems.error('schema_invalid', [...path, '$schema'], message, 'Leave $schema out.');
    return null;
  }
  const outside = refsIn(rest).filter(({ ref }) => !ref.startsWith('#'));
  for (const { ref, at } of outside) {
    const message = `The schema refers to ${JSON.stringify(ref)}, which stands outside of it.`;
    problems.error(
      'schema_invalid',
      [...path, ...at],
      message,
      'Put it under $defs and refer to #/$defs/NAME.',
    );
  }
  if (outside.length > 0) return null;
  const faults = faultsOf(rest);
  for (const { at, message } of faults) problems.error('schema_invalid', [...path, ...at], message, HINT);
  return faults.length === 0 ? rest : null;
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

interface Fault {
  readonly at: Path;
  readonly message: string;
}

function faultsOf(schema: JsonObject): readonly Fault[] {
  if (ajv.validateSchema(schema) !== true)
    return (ajv.errors ?? []).filter(firstOfItsPlace).map((error) => faultOf(error, schema));
  const patterns = patternsIn(schema).filter(({ pattern }) => !isRegExp(pattern));
  if (patterns.length > 0)
    return patterns.map(({ pattern, at }) => ({ at, message: `"${pattern}" is no regular expression.` }));
  try {
    ajv.compile(schema);
    return [];
  } catch (error) {
    return [{ at: [], message: `This is no valid JSON Schema: ${messageOf(error)}.` }];
  } finally {
    ajv.removeSchema(schema);
  }
}

/** The alternatives of the schema's schema complain too; the first complaint is the plainest. */
function firstOfItsPlace({ instancePath }: ErrorObject, at: number, all: readonly ErrorObject[]): boolean {
  return all.findIndex((other) => other.instancePath === instancePath) === at;
}

function faultOf({ instancePath, message, keyword, params }: ErrorObject, schema: JsonObject): Fault {
  const at = pathIn(schema, instancePath);
  const allowed = (params as { readonly allowedValues?: readonly unknown[] }).allowedValues;
  const choice = allowed === undefined ? '' : `: ${allowed.map(String).join(', ')}`;
  const what = at.length === 0 ? 'The schema' : `"${String(at.at(-1))}"`;
  return { at, message: `${what} ${message ?? `breaks "${keyword}"`}${choice}.` };
}

/** A JSON pointer as a path: digits are positions where a list stands, and names elsewhere. */
function pathIn(schema: JsonObject, pointer: string): Path {
  const path: (string | number)[] = [];
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(valueAt(schema, path)) ? Number(name) : name);
  }
  return path;
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

function patternsIn(schema: JsonObject): readonly { readonly pattern: string; readonly at: Path }[] {
  return keywordsIn(schema).flatMap(({ name, value, at }) => {
    if (name === 'pattern' && typeof value === 'string') return [{ pattern: value, at }];
    if (name !== 'patternProperties') return [];
    return membersOf(value).map(([pattern]) => ({ pattern: String(pattern), at }));
  });
}

function membersOf(value: Json): readonly (readonly [string | number, Json])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? [...(value as readonly Json[]).entries()] : Object.entries(value);
}

function isRegExp(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
