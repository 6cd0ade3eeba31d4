/** Finds what a name in an expression stands for, and how it has to be written for the plan. */
import { TOLD } from '../../protocol/failure.ts';
import { ROOTS } from '../../expressions/index.ts';
import type { Path } from '../../plan/json.ts';
import { wordMeant } from '../hints/foreign-syntax.ts';
import { closest, hintFor } from '../hints/suggest.ts';
import type { Use } from '../../plan/template.ts';
import type { Fault, Place } from './expression-place.ts';
import type { Hint } from '../text/problem.ts';
import { MAX_INPUTS } from '../text/effort.ts';
import { isPlainName } from './names.ts';

/** One step of `a.b["c"][i]`. Offsets are those of the name or of what stands between the brackets. */
export interface Part {
  /** null when it is computed. */
  readonly key: string | number | null;
  readonly start: number;
  readonly end: number;
  /** Where the part before this one ends. */
  readonly after: number;
  readonly quoted: boolean;
}

interface Name {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

interface Resolved {
  readonly faults: readonly Fault[];
  readonly changes: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  readonly uses: readonly Use[];
}

const STEP_FIELDS = ['result', 'output', 'status', 'error'] as const;
const FIELDS_OF = {
  run: ['id', 'workflow', 'version'],
  error: ['type', 'message', 'attempt', ...TOLD],
  'KEY.error': ['type', 'message', ...TOLD],
} as const;
const NOTHING: Resolved = { faults: [], changes: [], uses: [] };

/** Resolves a name that is no variable of a list function. `parts` is the way behind it. */
export function resolveName(base: Name, parts: readonly Part[], place: Place): Resolved {
  const { name } = base;
  if (place.only !== null && !isOf(place.only, name, place))
    return failed('name_misplaced', `"${name}" cannot be read here.`, ONLY[place.only]);
  if ((ROOTS as readonly string[]).includes(name)) return resolveRoot(name, parts, place);
  if (place.steps.has(name)) {
    const named = resolveStep(name, parts, place);
    return { ...named, changes: [{ ...base, text: memberText('steps', name) }, ...named.changes] };
  }
  if (place.inputs.has(name)) return bareInput(base, parts);
  const word = wordMeant(name);
  if (word !== undefined)
    return failed('name_unknown', `There is no step or input "${name}".`, `Write ${word}.`);
  if (place.implicitInput !== null && !meansStep(name, parts, place)) {
    place.implicitInput(name);
    return bareInput(base, parts);
  }
  return failed('name_unknown', `There is no step or input "${name}".`, () => unknownHint(base, place));
}

/** Is a name that is no step meant as one, although inputs need no declaration here? */
function meansStep(name: string, [first]: readonly Part[], place: Place): boolean {
  const field = first?.key;
  if (!isStepField(field)) return false;
  if (field === 'result' || place.stepOfAgent(name) !== undefined) return true;
  return place.inputs.size <= MAX_INPUTS && closest(name, place.steps.keys()) !== undefined;
}

const ONLY = {
  inputs: 'Only inputs can: the workspace is made before the first step.',
  secrets: 'Only secrets can: write secrets.NAME.',
} as const;

function isOf(root: 'inputs' | 'secrets', name: string, place: Place): boolean {
  if ((ROOTS as readonly string[]).includes(name)) return name === root;
  return root === 'inputs' && !place.steps.has(name);
}

function resolveRoot(root: string, parts: readonly Part[], place: Place): Resolved {
  if (root === 'steps') return resolveStepMember(parts, place);
  if (root === 'inputs') return resolveInputMember(parts, place);
  if (root === 'run') return fieldOf('run', parts);
  if (root === 'error' && place.error) return fieldOf('error', parts);
  if (root === 'secrets') return resolveSecret(parts, place);
  if (root === 'status') {
    return failed(
      'name_misplaced',
      '"status" alone says nothing here.',
      'Write KEY.status, succeeded(), failed() or always().',
    );
  }
  const where = root === 'error' ? 'in the "if" of "retry" and in fallbacks only' : 'inside a foreach only';
  return failed(
    'name_misplaced',
    `"${root}" may stand ${where}.`,
    root === 'error' ? 'Write KEY.error for the error of a step.' : undefined,
  );
}

function resolveStepMember(parts: readonly Part[], place: Place): Resolved {
  const [step, ...rest] = parts;
  if (step === undefined || typeof step.key !== 'string') {
    return failed(
      'reference_computed',
      'Which step is read must be written down.',
      'Write steps.KEY or steps["KEY"].',
    );
  }
  if (!place.steps.has(step.key)) {
    const { key } = step;
    const hint = () => hintFor(key, [...place.steps.keys()], 'There are no other steps.');
    return failed('name_unknown', `There is no step "${key}".`, hint);
  }
  const named = resolveStep(step.key, rest, place);
  return step.quoted ? named : { ...named, changes: [...bracketed(step), ...named.changes] };
}

function resolveStep(key: string, parts: readonly Part[], place: Place): Resolved {
  if (!place.isAncestor(key)) return notAnAncestor(key, place);
  const [field, ...rest] = parts;
  const name = field?.key;
  if (field === undefined || !isStepField(name)) {
    const hint = `Write ${key}.result${rest.length > 0 || field === undefined ? '' : `, or ${key}.result.${String(name)}`}.`;
    const wrong =
      field === undefined
        ? 'says nothing of which part is meant'
        : `has no "${String(name ?? '[…]')}", but result, status and error`;
    return failed('reference_incomplete', `The step "${key}" ${wrong}.`, hint);
  }
  const unknown = name === 'error' ? fieldOf('KEY.error', rest).faults : [];
  const path = name === 'status' || name === 'error' ? [] : constantPath(rest);
  const changes = name === 'output' ? [{ ...field, text: field.quoted ? '"result"' : 'result' }] : [];
  return {
    faults: unknown,
    changes,
    uses: [{ root: 'steps', name: key, field: name === 'output' ? 'result' : name, path }],
  };
}

function isStepField(name: unknown): name is (typeof STEP_FIELDS)[number] {
  return (STEP_FIELDS as readonly unknown[]).includes(name);
}

function notAnAncestor(key: string, place: Place): Resolved {
  if (key === place.step)
    return failed(
      'reference_not_ancestor',
      `The step "${key}" reads itself.`,
      'A step cannot see its own result.',
    );
  const message = `The step "${place.step}" reads "${key}", which does not come before it.`;
  const hint = place.isDescendant(key)
    ? `"${key}" waits for "${place.step}", so it cannot be read here.`
    : `Add "${key}" to the dependencies of "${place.step}".`;
  return failed('reference_not_ancestor', message, hint);
}

function resolveInputMember(parts: readonly Part[], place: Place): Resolved {
  const [input, ...rest] = parts;
  if (input === undefined && place.implicitInput === null)
    return { ...NOTHING, uses: [...place.inputs.keys()].map((name) => inputUse(name, [])) };
  if (input === undefined || typeof input.key !== 'string') {
    return failed(
      'reference_computed',
      'Which input is read must be written down.',
      'Write inputs.NAME or inputs["NAME"].',
    );
  }
  if (!place.inputs.has(input.key)) {
    if (place.implicitInput === null) {
      const { key } = input;
      const hint = () => hintFor(key, [...place.inputs.keys()], 'Declare it under "inputs".');
      return failed('name_unknown', `There is no input "${key}".`, hint);
    }
    place.implicitInput(input.key);
  }
  return {
    faults: [],
    changes: input.quoted ? [] : bracketed(input),
    uses: [inputUse(input.key, constantPath(rest))],
  };
}

function bareInput(base: Name, parts: readonly Part[]): Resolved {
  const changes = [{ ...base, text: memberText('inputs', base.name) }];
  return { faults: [], changes, uses: [inputUse(base.name, constantPath(parts))] };
}

function resolveSecret(parts: readonly Part[], place: Place): Resolved {
  if (!place.secrets) {
    return failed(
      'secret_misplaced',
      'Secrets may stand in the fields of http and command steps, and in env and headers of MCP servers.',
      'Pass the secret as a header or in env.',
    );
  }
  if (typeof parts[0]?.key === 'string') return NOTHING;
  return failed('reference_computed', 'Which secret is read must be written down.', 'Write secrets.NAME.');
}

function fieldOf(root: keyof typeof FIELDS_OF, parts: readonly Part[]): Resolved {
  const fields: readonly string[] = FIELDS_OF[root];
  const key = parts[0]?.key;
  if (key === undefined || fields.includes(String(key))) return NOTHING;
  return failed('name_unknown', `"${root}" has no "${String(key ?? '[…]')}".`, () =>
    hintFor(String(key), fields, ''),
  );
}

function unknownHint({ name }: Name, place: Place): string {
  const near = closest(name, [...place.steps.keys(), ...place.inputs.keys()]);
  const step = place.stepOfAgent(name);
  if (step !== undefined && near === undefined)
    return `"${name}" is the agent of the step "${step}": write ${step}.result.`;
  return hintFor(name, [...place.steps.keys(), ...place.inputs.keys()], 'Declare it under "inputs".');
}

/** A name behind a dot that only brackets can hold. */
function bracketed(part: Part): { start: number; end: number; text: string }[] {
  if (isPlainName(String(part.key))) return [];
  return [{ start: part.after, end: part.end, text: `[${JSON.stringify(part.key)}]` }];
}

function memberText(root: string, name: string): string {
  return isPlainName(name) ? `${root}.${name}` : `${root}[${JSON.stringify(name)}]`;
}

function constantPath(parts: readonly Part[]): Path {
  const end = parts.findIndex((part) => part.key === null);
  return (end < 0 ? parts : parts.slice(0, end)).map((part) => part.key ?? '');
}

const inputUse = (name: string, path: Path): Use => ({ root: 'inputs', name, path });

function failed(code: string, message: string, hint?: Hint): Resolved {
  return { ...NOTHING, faults: [hint === undefined ? { code, message } : { code, message, hint }] };
}
