/**
 * What applying a JSON Schema to a value costs, counted before it is done, in units of about a microsecond: an upper
 * bound, whoever wrote the two. A harmless-looking schema can keep a process busy for hours with some KB of value.
 * Pure.
 */
import { writeJson } from '../exact-json.ts';
import type { Json, JsonObject } from '../json.ts';
import { compileCost, linearPattern } from './linear-pattern.ts';
import { appliedTo, innerSchemas, isList, isMap, targetOf } from './schema-keywords.ts';

/** Units that judging an answer of a person may take: it is done where nothing may take long. */
export const FORM_COST = 100_000;

/** A schema applied to a value, and each level that a fault found there is handed up. */
const VISIT = 1.5;
const LEVEL = 0.05;
/** A part of a value that is compared with another. */
const COMPARED = 0.05;
/** Two plain values that are compared. */
const PAIR = 0.005;
/** A character that a format looks at, and one of a list of choices that a fault shows. */
const FORMAT_CHARACTER = 0.5;
const SHOWN_CHARACTER = 0.01;
/** A name of an object that is looked up. */
const NAME = 0.1;
/** Deepest way through schemas and values. */
const MAX_DEPTH = 200;

/** Units, at most `most` and a little; beyond that it is not counted on. @throws PatternError */
export function schemaCost(schema: JsonObject, value: Json, most: number): number {
  const meter: Meter = { whole: schema, most, units: 0, patterns: new Set() };
  apply(meter, schema, value, 0);
  return meter.units;
}

interface Meter {
  readonly whole: JsonObject;
  readonly most: number;
  units: number;
  /** Those that were paid for. */
  readonly patterns: Set<string>;
}

function apply(meter: Meter, schema: Json, value: Json, depth: number): void {
  meter.units += VISIT + depth * LEVEL;
  if (!isMap(schema) || meter.units > meter.most) return;
  if (depth > MAX_DEPTH) {
    meter.units = Number.POSITIVE_INFINITY;
    return;
  }
  own(meter, schema, value);
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? targetOf(meter.whole, $ref) : undefined;
  if (target !== undefined) apply(meter, target, value, depth + 1);
  for (const { schema: inner, at } of [...innerSchemas(schema), ...unevaluated(schema)]) {
    for (const one of appliedTo(at, value)) {
      apply(meter, inner, one, depth + 1);
      if (meter.units > meter.most) return;
    }
  }
}

/** Keywords of later drafts, which servers of tools use. */
function unevaluated(schema: JsonObject) {
  const names = ['unevaluatedProperties', 'unevaluatedItems'];
  return names.flatMap((name) => {
    const inner = schema[name];
    return inner === undefined ? [] : [{ schema: inner, at: [name] }];
  });
}

/** The keywords of the schema itself. */
function own(meter: Meter, schema: JsonObject, value: Json): void {
  const { pattern, format, patternProperties, uniqueItems, enum: choices, required } = schema;
  if (isList(required)) meter.units += required.length * NAME;
  if (isList(choices)) {
    meter.units += choices.length * COMPARED * partsOf(value);
    meter.units += writeJson(choices).length * SHOWN_CHARACTER;
  }
  if (schema['const'] !== undefined) {
    meter.units += COMPARED * partsOf(value) + writeJson(schema['const']).length * SHOWN_CHARACTER;
  }
  if (typeof value === 'string') {
    meter.units += value.length * COMPARED;
    if (typeof pattern === 'string') meter.units += searching(meter, pattern, value);
    if (typeof format === 'string') meter.units += value.length * FORMAT_CHARACTER;
  }
  if (isMap(value)) {
    const names = Object.keys(value);
    meter.units += names.length * NAME;
    const searches = isMap(patternProperties) ? Object.keys(patternProperties) : [];
    for (const search of searches) {
      for (const name of names) meter.units += searching(meter, search, name);
    }
  }
  if (isList(value) && uniqueItems === true) {
    // Each element is compared with each other, in all its parts.
    const parts = partsOf(value) - 1;
    meter.units += value.length ** 2 * PAIR + (parts > value.length ? parts * value.length * COMPARED : 0);
  }
}

function searching(meter: Meter, pattern: string, text: string): number {
  if (meter.units > meter.most) return 0;
  const making = meter.patterns.has(pattern) ? 0 : compileCost(pattern);
  if (meter.units + making > meter.most) return making;
  meter.patterns.add(pattern);
  return making + linearPattern(pattern).searchCost(text.length);
}

/** How many values a value consists of. */
function partsOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + partsOf(part as Json), 1);
}
