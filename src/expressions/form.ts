/**
 * Forms of questions: JSON Schemas that are applied inside the workflow, whoever wrote them. Sandbox-safe.
 *
 * A form without faults is a schema of draft 7 that refers to its own parts only and never to itself, is no larger than
 * {@link MAX_SCHEMAS} with all references followed, and has no pattern that could run away. What applying it to an
 * answer costs is another matter: form-cost.ts.
 */
import { writeJson } from '../plan/exact-json.ts';
import type { Json, JsonObject, Path } from '../plan/json.ts';
import { compileCost, linearPattern, PatternError } from '../plan/schema/linear-pattern.ts';
import { innerSchemas, isMap, isSchema, keywordFaults, targetOf } from '../plan/schema/schema-keywords.ts';
import { ExpressionError } from './expression-error.ts';
import type { Dialect } from './meter.ts';
import { patternPower } from './pattern.ts';

interface FormFault {
  readonly at: Path;
  readonly message: string;
}

/** Most schemas in a form, each counted as often as it is referred to. */
const MAX_SCHEMAS = 2_000;
const MAX_DEPTH = 50;
/** The length of a text to this power must stay bearable; dialect 1 only. */
const MAX_PATTERN_POWER = 3;
/** Units that making all its patterns ready may cost. */
const MAX_PATTERN_UNITS = 50_000;
const SEVERAL_BASES = ['$id', 'id', '$anchor', '$recursiveRef', '$recursiveAnchor', '$dynamicRef'];
const MAX_FAULTS = 10;

/** What is wrong with a form; empty when it can be used. Never throws. */
export function formFaults(form: JsonObject, dialect: Dialect = 2): readonly FormFault[] {
  return lookAt(form, dialect).faults;
}

/** The same, with the units of about a microsecond that it took. */
export function countedFormFaults(form: JsonObject): {
  readonly faults: readonly FormFault[];
  readonly units: number;
} {
  const { faults, left, patternUnits } = lookAt(form, 2);
  return { faults, units: 2 * (MAX_SCHEMAS - left) + MAX_PATTERN_UNITS - patternUnits };
}

function lookAt(form: JsonObject, dialect: Dialect): Look {
  const look: Look = { form, dialect, faults: [], left: MAX_SCHEMAS, patternUnits: MAX_PATTERN_UNITS };
  visit(look, form, [], []);
  return look;
}

interface Look {
  readonly form: JsonObject;
  readonly dialect: Dialect;
  readonly faults: FormFault[];
  left: number;
  /** What its patterns may still cost together. */
  patternUnits: number;
}

function found(look: Look, at: Path, message: string): void {
  const place = at.join('/');
  const known = look.faults.some((one) => one.message === message && one.at.join('/') === place);
  if (!known && look.faults.length < MAX_FAULTS) look.faults.push({ at, message });
}

/** @param within the schemas that this one stands in or is referred to from */
function visit(look: Look, schema: Json, at: Path, within: readonly Json[]): void {
  if (look.left < 0) return;
  if (!isSchema(schema)) return found(look, at, 'A schema must be a map, true or false.');
  if (!isMap(schema)) return;
  if (within.includes(schema)) {
    return found(look, at, 'The form refers to itself. Write out as many levels as are needed.');
  }
  if (within.length >= MAX_DEPTH) return found(look, at, `The form is deeper than ${MAX_DEPTH} levels.`);
  look.left -= 1;
  if (look.left < 0) {
    return found(look, [], `The form is larger than ${MAX_SCHEMAS} schemas, references followed.`);
  }
  judge(look, schema, at);
  const inside = [...within, schema];
  for (const inner of innerSchemas(schema)) visit(look, inner.schema, [...at, ...inner.at], inside);
  if (typeof schema['$ref'] !== 'string') return;
  const target = targetOf(look.form, schema['$ref']);
  if (target === undefined) {
    const message = `There is nothing at ${writeJson(schema['$ref'])}: a form may refer to its own parts only, such as #/$defs/NAME.`;
    return found(look, [...at, '$ref'], message);
  }
  visit(look, target, [...at, '$ref'], inside);
}

/** The schema's own keywords. */
function judge(look: Look, schema: JsonObject, at: Path): void {
  for (const fault of keywordFaults(schema)) found(look, [...at, ...fault.at], fault.message);
  for (const name of SEVERAL_BASES) {
    if (Object.hasOwn(schema, name)) found(look, [...at, name], `A form cannot have "${name}".`);
  }
  const { pattern, patternProperties } = schema;
  if (typeof pattern === 'string') judgePattern(look, pattern, [...at, 'pattern']);
  for (const name of isMap(patternProperties) ? Object.keys(patternProperties) : []) {
    judgePattern(look, name, [...at, 'patternProperties', name]);
  }
}

function judgePattern(look: Look, pattern: string, at: Path): void {
  const risk = look.dialect === 1 ? riskOf(pattern) : faultOf(look, pattern);
  if (risk !== null) found(look, at, risk);
}

function faultOf(look: Look, pattern: string): string | null {
  try {
    look.patternUnits -= compileCost(pattern);
    if (look.patternUnits < 0) return 'The patterns of this form are too large together.';
    linearPattern(pattern);
    return null;
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    return `The pattern ${JSON.stringify(pattern)} ${error.message}.`;
  }
}

function riskOf(pattern: string): string | null {
  try {
    if (patternPower(pattern) > MAX_PATTERN_POWER) return 'This pattern repeats too many of its parts.';
    new RegExp(pattern, 'u');
    return null;
  } catch (error) {
    if (error instanceof ExpressionError) return error.message;
    return `The pattern ${JSON.stringify(pattern)} is no regular expression.`;
  }
}
