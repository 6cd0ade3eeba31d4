/**
 * Does a value fit a JSON Schema? As runs of interpreter version 1 judge it: nothing bounds the time that it takes.
 * Everything else asks schema-judge.ts. Sandbox-safe: neither makes code nor reads anything.
 *
 * The schema was checked when its definition was compiled; one that cannot be applied all the same (it refers to itself
 * without end) fits nothing.
 */
import { format, Validator } from '@cfworker/json-schema';
import { roundedNumbers } from '../exact-json.ts';
import type { Json, JsonObject } from '../json.ts';

// The library's own test of `url` takes exponential time: an address of 40 letters would stop its process for minutes.
format['url'] = (text) => /^[a-z][a-z0-9+.-]*:/i.test(text) && format['uri']?.(text) === true;

type FormatTest = (text: string) => boolean;

/**
 * Formats of the judgement under way. The library looks them up in its own table; where runs share this module, that
 * table is frozen with all that modules export, but not what it inherits from.
 */
const passing: Record<string, FormatTest> = Object.create(null) as Record<string, FormatTest>;
Object.setPrototypeOf(format, passing);

/** Runs `work` while the library knows these formats too. Not re-entrant. */
export function withFormats<T>(formats: ReadonlyMap<string, FormatTest>, work: () => T): T {
  for (const [name, test] of formats) passing[name] = test;
  try {
    return work();
  } finally {
    for (const name of formats.keys()) delete passing[name];
  }
}

/** The library's validator and formats, with what is mended here. */
export { format, Validator };

const MAX_LINES = 10;
const validators = new WeakMap<JsonObject, Validator>();

/** What does not fit, one line a fault with the place in front; empty when `value` fits. Never throws. */
export function misfitsOf(schema: JsonObject, value: Json): readonly string[] {
  try {
    const { valid, errors } = validatorOf(schema).validate(roundedNumbers(value));
    return valid ? [] : linesOf(errors);
  } catch (error) {
    return [`the schema cannot be applied: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function validatorOf(schema: JsonObject): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  // A copy, because the validator marks the schema, and plans are frozen.
  const validator = new Validator(
    JSON.parse(JSON.stringify(roundedNumbers(schema))) as JsonObject,
    '7',
    false,
  );
  validators.set(schema, validator);
  return validator;
}

interface Fault {
  readonly keyword: string;
  readonly instanceLocation: string;
  readonly error: string;
}

/** Of a fault inside a member the members around it complain too: the innermost say it best. */
function linesOf(faults: readonly Fault[]): readonly string[] {
  const around = new Set(faults.flatMap(({ instanceLocation }) => placesAround(instanceLocation)));
  const inner = faults.filter(({ instanceLocation }) => !around.has(instanceLocation));
  const lines = inner.map(({ instanceLocation, error }) => {
    const place = instanceLocation.replace(/^#\/?/, '').replaceAll('/', '.');
    return `${place === '' ? 'the value' : place}: ${error}`;
  });
  return [...new Set(lines)].slice(0, MAX_LINES);
}

/** The places that a place stands in. */
export function placesAround(place: string): readonly string[] {
  const places: string[] = [];
  for (let at = place.lastIndexOf('/'); at > 0; at = place.lastIndexOf('/', at - 1)) {
    places.push(place.slice(0, at));
  }
  return places;
}
