/** Compiles the declaration of a definition's inputs. */
import type { Json, Path } from '../../plan/json.ts';
import { fitsType, inputTypeOf } from '../../plan/inputs.ts';
import { jsonEqual } from '../../plan/canonical.ts';
import type { InputSpec, InputType } from '../../plan/plan.ts';
import { MAX_INPUTS } from '../text/effort.ts';
import { faultOfInputName } from '../expressions/names.ts';
import type { Problems } from '../text/problem.ts';
import { inputSchema } from './schema.ts';
import { shaped } from './shape.ts';
import { hasBraces } from '../expressions/template.ts';

/** What a bare name in a template becomes where no inputs are declared. */
export const IMPLICIT_INPUT: InputSpec = { type: 'any', required: true, description: null };

/** `inputs` of a definition: a type, or a map with more about it, by name. */
export function compileInputs(
  declared: Readonly<Record<string, unknown>>,
  problems: Problems,
): Map<string, InputSpec> {
  const inputs = new Map<string, InputSpec>();
  if (Object.keys(declared).length > MAX_INPUTS) {
    noteTooMany(problems);
    return inputs;
  }
  for (const [name, value] of Object.entries(declared)) {
    const fault = faultOfInputName(name);
    if (fault !== null)
      problems.error(
        'input_name_invalid',
        ['inputs', name],
        `The input name "${name}" ${fault}.`,
        'Choose another name.',
        'key',
      );
    inputs.set(name, compileInput(name, value, problems));
  }
  return inputs;
}

export function noteTooMany(problems: Problems): void {
  const message = `The definition has more than ${MAX_INPUTS} inputs.`;
  problems.end('too_many_inputs', ['inputs'], message, 'Hand related values over as one object.');
}

function compileInput(name: string, value: unknown, problems: Problems): InputSpec {
  const path = ['inputs', name];
  const short = typeof value === 'string';
  if (isPlainDefault(value)) return noteBareDefault(name, value, problems);
  const shape = shaped(inputSchema, short ? { type: value } : (value ?? {}), path, problems);
  if (shape === null) return IMPLICIT_INPUT;
  const { type = 'any', required, description = null } = shape;
  const initial = valueOf(type, shape.default as Json | undefined, [...path, 'default'], problems);
  const allowed = shape.enum?.map(
    (one, at) => valueOf(type, one as Json, [...path, 'enum', at], problems) ?? null,
  );
  if (allowed !== undefined) checkEnum(name, type, allowed, problems);
  if (initial !== undefined) checkDefault(name, type, initial, allowed, problems);
  if (initial !== undefined && required === true) noteNeverRequired(name, problems);
  return {
    type,
    required: initial === undefined && (required ?? true),
    description,
    ...(initial === undefined ? {} : { default: initial }),
    ...(allowed === undefined ? {} : { enum: allowed }),
  };
}

/** A text is taken as it is written: `1.10` of an input of type string is no number. Values are no templates. */
function valueOf(type: InputType, value: Json | undefined, path: Path, problems: Problems): Json | undefined {
  if (typeof value === 'string' && hasBraces(value)) {
    const message = 'A value of an input takes no templates: its {{ }} stays as it is written.';
    problems.error('template_not_here', path, message, 'Compute it in a step of kind transform.');
  }
  const isText =
    value === undefined || value === null || typeof value === 'object' || typeof value === 'string';
  return type !== 'string' || isText ? value : (problems.written(path) ?? String(value));
}

const isPlainDefault = (value: unknown): value is number | boolean =>
  typeof value === 'number' || typeof value === 'boolean';

/** `depth: 3` is meant as a default. */
function noteBareDefault(name: string, value: number | boolean, problems: Problems): InputSpec {
  const message = `"${name}" must be a type, or a map with more about the input, not ${String(value)}.`;
  const hint = `For a default write ${name}: {type: ${inputTypeOf(value)}, default: ${String(value)}}.`;
  problems.error('field_type', ['inputs', name], message, hint);
  return { ...IMPLICIT_INPUT, required: false, default: value };
}

function noteNeverRequired(name: string, problems: Problems): void {
  const message = `"${name}" has a default, so it is never required.`;
  problems.warn(
    'input_never_required',
    ['inputs', name, 'required'],
    message,
    'Leave one of the two out.',
    'key',
  );
}

function checkEnum(name: string, type: InputType, allowed: readonly Json[], problems: Problems): void {
  for (const [at, value] of allowed.entries()) {
    if (fitsType(type, value)) continue;
    const message = `This value of "${name}" is of type ${inputTypeOf(value)}, the input of type ${type}.`;
    problems.error(
      'input_enum_invalid',
      ['inputs', name, 'enum', at],
      message,
      `Write a value of type ${type}.`,
    );
  }
}

function checkDefault(
  name: string,
  type: InputType,
  value: Json,
  allowed: readonly Json[] | undefined,
  problems: Problems,
): void {
  const path = ['inputs', name, 'default'];
  if (!fitsType(type, value)) {
    const message = `The default of "${name}" is of type ${inputTypeOf(value)}, the input of type ${type}.`;
    problems.error('input_default_invalid', path, message, `Write a value of type ${type}.`);
  } else if (allowed !== undefined && !allowed.some((one) => jsonEqual(one, value))) {
    const message = `The default of "${name}" is not in its enum.`;
    problems.error('input_default_invalid', path, message, 'Use one of its values.');
  }
}
