/**
 * What makes a JSON Schema unusable here, whoever wrote it: keywords of the wrong kind, references to what is no part
 * of it, patterns that cannot be searched in linear time, and its size. Sandbox-safe. Takes a bounded time itself.
 */
import type { Json, JsonObject, Path } from '../json.ts';
import { compileCost, linearPattern, PatternError } from './linear-pattern.ts';
import { innerSchemas, isMap, isSchema, keywordFaults, targetOf } from './schema-keywords.ts';

export interface SchemaFault {
  readonly at: Path;
  readonly message: string;
}

/** Most schemas in one, itself included. */
const MAX_SCHEMAS = 2_000;
const MAX_DEPTH = 50;
/** Units, of about a microsecond, that making its patterns ready may take. */
const MAX_PATTERN_UNITS = 300_000;
const MAX_FAULTS = 10;

/** What the patterns of several schemas may still cost together. */
export interface PatternBudget {
  units: number;
}

/** What is wrong; empty when it can be used. Never throws. */
export function schemaFaults(
  schema: JsonObject,
  all: PatternBudget = { units: MAX_PATTERN_UNITS },
): readonly SchemaFault[] {
  const look: Look = { whole: schema, faults: [], own: { units: MAX_PATTERN_UNITS }, all };
  const size = sizeFault(schema);
  if (size !== null) return [size];
  visit(look, schema, []);
  return look.faults;
}

/** A schema that is too large to look at any further. */
export function sizeFault(schema: JsonObject): SchemaFault | null {
  let left = MAX_SCHEMAS;
  const count = (one: Json, within: number): string | null => {
    left -= 1;
    if (left < 0) return `The schema holds more than ${MAX_SCHEMAS} schemas.`;
    if (within >= MAX_DEPTH) return `The schema is deeper than ${MAX_DEPTH} levels.`;
    if (!isMap(one)) return null;
    for (const inner of innerSchemas(one)) {
      const fault = count(inner.schema, within + 1);
      if (fault !== null) return fault;
    }
    return null;
  };
  const message = count(schema, 0);
  return message === null ? null : { at: [], message };
}

interface Look {
  readonly whole: JsonObject;
  readonly faults: SchemaFault[];
  readonly own: PatternBudget;
  readonly all: PatternBudget;
}

function found(look: Look, at: Path, message: string): void {
  if (look.faults.length < MAX_FAULTS) look.faults.push({ at, message });
}

function visit(look: Look, schema: Json, at: Path): void {
  if (!isSchema(schema)) return found(look, at, 'A schema must be a map, true or false.');
  if (!isMap(schema)) return;
  judgeOwn(look, schema, at);
  for (const inner of innerSchemas(schema)) visit(look, inner.schema, [...at, ...inner.at]);
}

function judgeOwn(look: Look, schema: JsonObject, at: Path): void {
  for (const fault of keywordFaults(schema)) found(look, [...at, ...fault.at], fault.message);
  const { $ref, pattern, patternProperties } = schema;
  if (typeof $ref === 'string') judgeReference(look, $ref, [...at, '$ref']);
  if (typeof pattern === 'string') judgePattern(look, pattern, [...at, 'pattern']);
  for (const name of isMap(patternProperties) ? Object.keys(patternProperties) : []) {
    judgePattern(look, name, [...at, 'patternProperties', name]);
  }
}

function judgeReference(look: Look, ref: string, at: Path): void {
  if (targetOf(look.whole, ref) !== undefined && !ref.includes('/patternProperties/')) return;
  const message = `There is nothing at ${JSON.stringify(ref)}. Put it under $defs and refer to #/$defs/NAME.`;
  found(look, at, message);
}

function judgePattern(look: Look, pattern: string, at: Path): void {
  try {
    const units = compileCost(pattern);
    look.own.units -= units;
    look.all.units -= units;
    if (look.own.units < 0) return found(look, at, 'The patterns of the schema are too large together.');
    if (look.all.units < 0) return found(look, at, 'The patterns of all schemas are too large together.');
    linearPattern(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    found(look, at, `The pattern ${JSON.stringify(pattern)} ${error.message}.`);
  }
}
