/**
 * Checks what a run is started with against the inputs that its plan declares.
 *
 * The same function runs in the API (so that a wrong start is refused) and in the core (so that a start by an
 * operator's tool ends with a clear reason). Pure and sandbox-safe. Never throws.
 */
import { writeJson } from './exact-json.ts';
import { isBlobRef } from './blob-ref.ts';
import { jsonEqual } from './canonical.ts';
import type { Json, JsonObject } from './json.ts';
import type { InputSpec, InputType, Plan } from './plan.ts';
import { hintFor } from './suggest.ts';

export interface InputError {
  /** `inputs`, or `inputs.NAME`. */
  readonly path: string;
  readonly code: 'input_missing' | 'input_type' | 'input_unknown' | 'inputs_not_object' | 'input_enum';
  readonly message: string;
  readonly hint?: string;
}

/** So many names are compared with all that there are. */
const MAX_HINTS = 20;

/**
 * The inputs with defaults filled in, in the order of the declaration, and all that is wrong with them.
 * `inputs` is complete only when there are no errors. A value stored elsewhere (`{$blob, bytes}`) fits every type.
 */
export function checkInputs(
  specs: Plan['inputs'],
  given: unknown,
): { readonly inputs: JsonObject; readonly errors: readonly InputError[] } {
  const values = given ?? {};
  if (typeof values !== 'object' || Array.isArray(values))
    return { inputs: {}, errors: [notAnObject(values)] };
  const named = values as Record<string, Json>;
  const inputs: Record<string, Json> = {};
  const errors: InputError[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    const value = Object.hasOwn(named, name) ? named[name] : spec.default;
    const error = value === undefined ? missing(name, spec) : mismatch(name, spec, value);
    if (error !== null) errors.push(error);
    else if (value !== undefined) inputs[name] = value;
  }
  const known = Object.keys(specs);
  const unknown = Object.keys(named).filter((name) => !Object.hasOwn(specs, name));
  const strangers = unknown.map((name, at) => unknownInput(name, at < MAX_HINTS ? known : null));
  return { inputs, errors: [...errors, ...strangers] };
}

/** What JSON calls the type of a value; whole numbers are `integer`. */
export function inputTypeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) || typeof value === 'bigint' ? 'integer' : typeof value;
}

/** True when `value` may be given for an input of this type. */
export function fitsType(type: InputType, value: unknown): boolean {
  if (type === 'any' || isBlobRef(value)) return true;
  const actual = inputTypeOf(value);
  return actual === type || (type === 'number' && actual === 'integer');
}

function mismatch(name: string, spec: InputSpec, value: Json): InputError | null {
  const path = `inputs.${name}`;
  if (!fitsType(spec.type, value)) {
    const message = `Input "${name}" must be of type ${spec.type}, got ${inputTypeOf(value)}.`;
    return { path, code: 'input_type', message, hint: `Give a value of type ${spec.type}.` };
  }
  if (spec.enum === undefined || isBlobRef(value) || spec.enum.some((one) => jsonEqual(one, value)))
    return null;
  const allowed = spec.enum.map((one) => writeJson(one)).join(', ');
  return { path, code: 'input_enum', message: `Input "${name}" must be one of ${allowed}.` };
}

function missing(name: string, spec: InputSpec): InputError | null {
  if (!spec.required) return null;
  const message = `Input "${name}" is required and was not given.`;
  const hint = spec.type === 'any' ? 'Give a value for it.' : `Give a value of type ${spec.type} for it.`;
  return { path: `inputs.${name}`, code: 'input_missing', message, hint };
}

function unknownInput(name: string, known: readonly string[] | null): InputError {
  const error = {
    path: `inputs.${name}`,
    code: 'input_unknown',
    message: `There is no input "${name}".`,
  } as const;
  return known === null ? error : { ...error, hint: hintFor(name, known, 'This workflow takes no inputs.') };
}

function notAnObject(values: unknown): InputError {
  const message = `Inputs must be an object of values by name, got ${inputTypeOf(values)}.`;
  return { path: 'inputs', code: 'inputs_not_object', message, hint: 'Give {"name": value, …}.' };
}
