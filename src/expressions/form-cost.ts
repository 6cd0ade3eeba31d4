/**
 * What applying a form to an answer costs in dialect 1, counted before it is done: an answer of some KB can keep a harmless-looking
 * form busy for minutes, and it is applied where nothing may take long. Pure; for forms without faults.
 */
import type { Json, JsonObject } from '../plan/json.ts';
import { appliedTo, innerSchemas, isList, isMap, targetOf } from '../plan/schema/schema-keywords.ts';
import { patternPower } from './pattern.ts';

/** A schema applied to a value costs this; ten steps of a pattern, or comparing two elements, cost one. */
const VISIT = 10;
/** A few tenths of a second. */
const MOST = 2_000_000;
/** Formats are patterns that grow no faster than this. */
const FORMAT_POWER = 2;

/** True when it would take too long. Answers after a bounded time itself, whatever it is given. */
export function isTooCostly(form: JsonObject, answer: Json): boolean {
  const meter = { form, left: MOST };
  apply(meter, form, answer, 0);
  return meter.left < 0;
}

interface Meter {
  readonly form: JsonObject;
  left: number;
}

const MAX_DEPTH = 200;

function apply(meter: Meter, schema: Json, value: Json, depth: number): void {
  meter.left -= VISIT;
  if (!isMap(schema) || meter.left < 0) return;
  if (depth > MAX_DEPTH) {
    meter.left = -1;
    return;
  }
  meter.left -= ownCost(schema, value);
  const { $ref } = schema;
  const target = typeof $ref === 'string' ? targetOf(meter.form, $ref) : undefined;
  if (target !== undefined) apply(meter, target, value, depth + 1);
  for (const { schema: inner, at } of innerSchemas(schema)) {
    for (const one of appliedTo(at, value)) {
      apply(meter, inner, one, depth + 1);
      if (meter.left < 0) return;
    }
  }
}

/** The keywords of the schema itself. */
function ownCost(schema: JsonObject, value: Json): number {
  const { pattern, format, patternProperties, uniqueItems } = schema;
  let cost = Array.isArray(schema['enum']) ? schema['enum'].length : 0;
  if (typeof value === 'string') {
    if (typeof pattern === 'string') cost += searching(value, patternPower(pattern));
    if (typeof format === 'string') cost += searching(value, FORMAT_POWER);
  }
  if (isMap(value) && isMap(patternProperties)) {
    for (const search of Object.keys(patternProperties)) {
      for (const name of Object.keys(value)) cost += searching(name, patternPower(search));
    }
  }
  if (isList(value) && uniqueItems === true) cost += value.length ** 2;
  return cost;
}

function searching(text: string, power: number): number {
  return Math.ceil(text.length ** power / 10);
}
