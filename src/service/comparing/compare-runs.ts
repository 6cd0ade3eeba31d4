/**
 * Two runs beside each other, and where they differ first. Pure.
 *
 * A value that is stored is the same as one that stands inline when it is the same text. Tokens, money and time are told
 * of both, and make no difference by themselves.
 */
import { createHash } from 'node:crypto';
import { STEP_DIFFERENCES, type RunDifference } from '../../contract/runs/difference.ts';
import { canonicalJson } from '../../plan/canonical.ts';
import { writeJson } from '../../plan/exact-json.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { isBlobRef } from '../../protocol/values.ts';

type StepDifference = RunDifference['steps'][number];
type StepSide = NonNullable<StepDifference['a']>;

/** A step of one of the runs. */
export type ComparedStep = Omit<StepSide, 'prompt' | 'error'> & {
  readonly key: string;
  readonly kind: string;
  readonly dependencies: readonly string[];
  readonly error: Json;
};

export interface Side {
  readonly run: RunDifference['a'];
  readonly inputs: JsonObject;
  readonly output: Json;
  readonly steps: readonly ComparedStep[];
  /** As the definition writes them, by step. */
  readonly prompts: ReadonlyMap<string, string>;
  /** The first that is asked, by step. */
  readonly models: ReadonlyMap<string, string>;
}

export function compareRuns(a: Side, b: Side): RunDifference {
  const inputs = changedInputs(a.inputs, b.inputs);
  const steps = stepDifferences(a, b);
  const output = { a: a.output, b: b.output, differs: !isSameValue(a.output, b.output) };
  const difference = { a: a.run, b: b.run, inputs, steps, output };
  return { ...difference, first_difference: firstOf(difference) };
}

function firstOf({ a, b, inputs, steps, output }: Omit<RunDifference, 'first_difference'>) {
  if (inputs.length > 0) return { what: 'inputs' as const, step: null };
  const step = steps.find(({ differs }) => differs.length > 0);
  if (step !== undefined) return { what: 'step' as const, step: step.key };
  if (a.status !== b.status) return { what: 'status' as const, step: null };
  return output.differs ? { what: 'output' as const, step: null } : null;
}

function changedInputs(a: JsonObject, b: JsonObject): RunDifference['inputs'] {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names
    .filter((name) => !isSameValue(a[name] ?? null, b[name] ?? null))
    .map((name) => ({ name, a: a[name] ?? null, b: b[name] ?? null }));
}

function stepDifferences(a: Side, b: Side): StepDifference[] {
  const ofB = new Map(b.steps.map((step) => [step.key, step]));
  const ofA = new Set(a.steps.map(({ key }) => key));
  return [
    ...a.steps.map((step) => stepDifference([a, step], [b, ofB.get(step.key)])),
    ...b.steps.filter(({ key }) => !ofA.has(key)).map((step) => stepDifference([a, undefined], [b, step])),
  ];
}

type Placed = readonly [Side, ComparedStep | undefined];

function stepDifference([a, ofA]: Placed, [b, ofB]: Placed): StepDifference {
  const [left, right] = [sideOf(a, ofA), sideOf(b, ofB)];
  const key = ofA?.key ?? ofB?.key ?? '';
  if (ofA === undefined || ofB === undefined || left === null || right === null)
    return { key, differs: ['presence'], a: left, b: right };
  const isOther: Readonly<Record<(typeof STEP_DIFFERENCES)[number], boolean>> = {
    presence: false,
    kind: ofA.kind !== ofB.kind,
    dependencies: ofA.dependencies.join() !== ofB.dependencies.join(),
    status: left.status !== right.status,
    error: left.error !== right.error,
    prompt: left.prompt !== right.prompt,
    model: left.model !== right.model,
    output: !isSameValue(left.output, right.output),
  };
  return { key, differs: STEP_DIFFERENCES.filter((what) => isOther[what]), a: left, b: right };
}

function sideOf({ prompts, models }: Side, step: ComparedStep | undefined): StepSide | null {
  if (step === undefined) return null;
  const { key, kind: _, dependencies: __, error, model, ...rest } = step;
  return {
    ...rest,
    error: messageOf(error),
    model: model ?? models.get(key) ?? null,
    prompt: prompts.get(key) ?? null,
  };
}

function messageOf(error: Json): string | null {
  const message = (error as { readonly message?: unknown } | null)?.message;
  return typeof message === 'string' ? message : null;
}

function isSameValue(a: Json, b: Json): boolean {
  if (!isBlobRef(a) && !isBlobRef(b)) return canonicalJson(a) === canonicalJson(b);
  return hashOf(a) === hashOf(b);
}

/** Under which it is, or would be, stored. */
function hashOf(value: Json): string {
  return isBlobRef(value) ? value.$blob : createHash('sha256').update(writeJson(value)).digest('hex');
}
