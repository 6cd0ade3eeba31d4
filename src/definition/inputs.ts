/** Compiles the declaration of a definition's inputs. */
import type { Json } from '../plan/json.ts';
import { fitsType, inputTypeOf } from '../plan/inputs.ts';
import { jsonEqual } from '../plan/canonical.ts';
import type { InputSpec, InputType } from '../plan/plan.ts';
import { MAX_INPUTS } from './effort.ts';
import { faultOfInputName } from './names.ts';
import type { Problems } from './problem.ts';
import { inputSchema } from './schema.ts';
import { shaped } from './shape.ts';

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
  const shape = shaped(inputSchema, short ? { type: value } : (value ?? {}), path, problems);
  if (shape === null) return IMPLICIT_INPUT;
  const { type = 'any', required, description = null } = shape;
  const initial = shape.default as Json | undefined;
  const allowed = shape.enum as readonly Json[] | undefined;
  if (initial !== undefined) checkDefault(name, type, initial, allowed, problems);
  return {
    type,
    required: initial === undefined && (required ?? true),
    description,
    ...(initial === undefined ? {} : { default: initial }),
    ...(allowed === undefined ? {} : { enum: allowed }),
  };
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
    problems.error(
      'input_default_invalid',
      path,
      `The default of "${name}" is not in its enum.`,
      'Use one of its values.',
    );
  }
}
