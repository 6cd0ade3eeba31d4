/**
 * Does a value fit a JSON Schema? In bounded time, whoever wrote the two: what would cost too much is not begun, and
 * patterns take linear time. Sandbox-safe: neither makes code nor reads anything. Never throws.
 */
import { format, placesAround, Validator, withFormats } from './json-schema.ts';
import { roundedNumbers } from '../exact-json.ts';
import type { Json, JsonObject } from '../json.ts';
import { compileCost, linearPattern, PatternError, type LinearPattern } from './linear-pattern.ts';
import { schemaCost } from './schema-cost.ts';
import { isMap, mapInner } from './schema-keywords.ts';

export interface Misfit {
  /** The way to the part that does not fit: member names and positions. */
  readonly at: readonly string[];
  readonly keyword: string;
  readonly message: string;
}

export type Judgement = { readonly units: number } & (
  | { readonly kind: 'judged'; readonly misfits: readonly Misfit[] }
  /** More than `most` units. */
  | { readonly kind: 'too_costly' }
  /** The schema cannot be applied: it refers to nothing, or has a pattern that is not supported. */
  | { readonly kind: 'unusable'; readonly why: string }
);

interface JudgeOptions {
  /** Units of work, of about a microsecond. */
  readonly most: number;
  readonly draft?: '7' | '2020-12';
}

/** What of `value` does not fit: the innermost places, each fault once, at most a hundred. */
export function judge(given: JsonObject, judged: Json, { most, draft = '7' }: JudgeOptions): Judgement {
  // The library knows numbers only.
  const [schema, value] = [roundedNumbers(given), roundedNumbers(judged)];
  const work: Work = { names: namesIn(value), formats: new Map(), most, units: 0 };
  try {
    spend(work, schemaCost(schema, value, most));
    const applied = withoutPatterns(work, schema) as JsonObject;
    const validator = new Validator(applied, draft, false);
    const { valid, errors } = withFormats(work.formats, () => validator.validate(value));
    return { kind: 'judged', misfits: valid ? [] : misfitsIn(errors), units: work.units };
  } catch (error) {
    if (error instanceof TooCostly) return { kind: 'too_costly', units: work.units };
    return {
      kind: 'unusable',
      why: error instanceof Error ? error.message : String(error),
      units: work.units,
    };
  }
}

/** One judgement under way. */
interface Work {
  /** All names of members in the value. */
  readonly names: readonly string[];
  /** What stands for patterns, by name. */
  readonly formats: Map<string, (text: string) => boolean>;
  readonly most: number;
  units: number;
}

class TooCostly extends Error {}

function spend(work: Work, units: number): void {
  work.units += units;
  if (work.units > work.most) throw new TooCostly();
}

/** One line a fault, with the place in front. */
export function linesOfMisfits(misfits: readonly Misfit[]): readonly string[] {
  return misfits.map(({ at, message }) => `${at.length === 0 ? 'the value' : at.join('.')}: ${message}`);
}

/**
 * The library makes patterns into regular expressions of the language, and there is no other way to it than this: a
 * pattern becomes a format that tests it, and `patternProperties` become `properties` for the names there are.
 */
function withoutPatterns(work: Work, schema: Json): Json {
  if (!isMap(schema)) return schema;
  spend(work, SCHEMA);
  const { pattern, patternProperties, ...rest } = mapInner(schema, (inner) => withoutPatterns(work, inner));
  const properties = isMap(patternProperties) ? { properties: expanded(work, rest, patternProperties) } : {};
  if (typeof pattern !== 'string') return { ...rest, ...properties };
  const also = typeof rest['format'] === 'string' ? rest['format'] : '';
  const name = `${PATTERN}${also}/${pattern}`;
  const other = Object.hasOwn(format, also) ? format[also] : undefined;
  work.formats.set(name, (text) => usable(pattern).test(text) && (other === undefined || other(text)));
  return { ...rest, ...properties, format: name };
}

/** Units of going through one schema. */
const SCHEMA = 5;
const PATTERN = 'pattern:';

function usable(source: string): LinearPattern {
  try {
    return linearPattern(source);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PatternError(`The pattern ${JSON.stringify(source)} ${error.message}.`);
  }
}

function expanded(work: Work, schema: JsonObject, byPattern: JsonObject): JsonObject {
  const properties = new Map(Object.entries(isMap(schema['properties']) ? schema['properties'] : {}));
  for (const [source, inner] of Object.entries(byPattern)) {
    if (work.names.length === 0) break;
    spend(work, compileCost(source));
    const { test, searchCost } = usable(source);
    for (const name of work.names) {
      spend(work, searchCost(name.length));
      if (!test(name)) continue;
      const before = properties.get(name);
      properties.set(name, before === undefined ? inner : { allOf: [before, inner] });
    }
  }
  return Object.fromEntries(properties);
}

/** All names of members, at any depth. */
function namesIn(value: Json): readonly string[] {
  const names = new Set<string>();
  const look = (one: Json): void => {
    if (typeof one !== 'object' || one === null) return;
    if (isMap(one)) for (const name of Object.keys(one)) names.add(name);
    for (const member of Object.values(one)) look(member as Json);
  };
  look(value);
  return [...names];
}

interface Fault {
  readonly keyword: string;
  readonly instanceLocation: string;
  readonly error: string;
}

const MAX_MISFITS = 100;
/** Say only that something further down is wrong, which is said too. */
const WRAPPERS: ReadonlySet<string> = new Set([
  ...['properties', 'items', 'prefixItems', 'additionalProperties', 'additionalItems', 'propertyNames'],
  ...['dependencies', 'dependentSchemas', 'unevaluatedProperties', 'unevaluatedItems', 'allOf', '$ref'],
]);

/** Of a fault inside a member the members around it complain too: the innermost say it best. */
function misfitsIn(faults: readonly Fault[]): readonly Misfit[] {
  const around = new Set(faults.flatMap(({ instanceLocation }) => placesAround(instanceLocation)));
  const misfits = new Map<string, Misfit>();
  for (const fault of faults) {
    if (misfits.size >= MAX_MISFITS) break;
    if (WRAPPERS.has(fault.keyword) || around.has(fault.instanceLocation)) continue;
    const misfit = misfitOf(fault);
    misfits.set(`${fault.instanceLocation} ${misfit.message}`, misfit);
  }
  return [...misfits.values()];
}

function misfitOf({ keyword, instanceLocation, error }: Fault): Misfit {
  const parts = instanceLocation.split('/').slice(1);
  const at = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (keyword === 'false') return { at, keyword, message: 'Nothing is allowed here.' };
  const isPattern = keyword === 'format' && error.includes(`"${PATTERN}`);
  return isPattern
    ? { at, keyword: 'pattern', message: 'String does not match pattern.' }
    : { at, keyword, message: error };
}
