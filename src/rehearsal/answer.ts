/**
 * What an activity answers in a rehearsal: the recorded result of its step. Before that its templates are filled in, as a
 * worker would, so that a reference that leads to nothing is found; nothing is sent, run or asked.
 */
import { renderSpec, type Rendered } from '../expressions/index.ts';
import { digestOf } from '../plan/digest.ts';
import { writeJson } from '../plan/exact-json.ts';
import { utf8Bytes, valueAt } from '../plan/json.ts';
import type { Json, JsonObject, Path } from '../plan/json.ts';
import type { AnySpec } from '../plan/plan.ts';
import { judge, linesOfMisfits } from '../plan/schema/schema-judge.ts';
import type { Scope } from '../plan/template.ts';
import type { StepActivityInput } from '../protocol/activity.ts';
import { INLINE_RESULT_BYTES, isBlobRef, keptKey, previewOf } from '../protocol/values.ts';
import type { StepResult, SuppliedValue } from '../protocol/values.ts';
import type { RecordedStep } from '../recording/index.ts';

/** Units of work that fitting a result to its schema may take. */
const MOST_UNITS = 2_000_000;

/** Values that stand by reference, as the blob table has them in a real run. */
export class Values {
  readonly #known = new Map<string, Json>();

  /** A value as a step's result; large ones by reference, with the parts that conditions read. */
  result(value: Json, keep: readonly Path[]): StepResult {
    const text = writeJson(value);
    const [bytes, preview] = [utf8Bytes(text), previewOf(value)];
    if (bytes <= INLINE_RESULT_BYTES) return { value, bytes, preview };
    const parts = keep.map((path) => [keptKey(path), valueAt(value, path)] as const);
    const kept = Object.fromEntries(parts.filter(([, part]) => part !== undefined)) as Record<string, Json>;
    return { ref: this.#keep(text, value, bytes), kept, bytes, preview };
  }

  /** Inputs as they travel: what conditions read stays, the rest goes by reference where it is large. */
  inputs(given: JsonObject, inline: ReadonlySet<string>): JsonObject {
    const placed = Object.entries(given).map(([name, value]) => {
      const text = writeJson(value);
      const bytes = utf8Bytes(text);
      if (bytes <= INLINE_RESULT_BYTES || inline.has(name)) return [name, value] as const;
      return [name, this.#keep(text, value, bytes) as unknown as Json] as const;
    });
    return Object.fromEntries(placed);
  }

  read(supplied: SuppliedValue): Json {
    return 'ref' in supplied ? this.whole(supplied.ref as unknown as Json) : supplied.value;
  }

  /** A value that may stand by reference. */
  whole(value: Json): Json {
    return isBlobRef(value) ? (this.#known.get(value.$blob) ?? value) : value;
  }

  #keep(text: string, value: Json, bytes: number) {
    const $blob = digestOf(text);
    this.#known.set($blob, value);
    return { $blob, bytes };
  }
}

type Input = StepActivityInput<AnySpec>;

/** What the templates of a step come to, or why they come to nothing. */
export function renderInput(input: Input, values: Values): Rendered {
  return renderSpec(input.spec, scopeOf(input, values));
}

function scopeOf({ run, values: given }: Input, values: Values): Scope {
  const inputs = Object.entries(given.inputs).map(([name, value]) => [name, values.read(value)] as const);
  const steps = Object.entries(given.steps).map(([name, { result, ...step }]) => {
    const value = result === undefined ? undefined : values.read(result);
    return [name, value === undefined ? step : { ...step, result: value, output: value }] as const;
  });
  return { run, inputs: Object.fromEntries(inputs), steps: Object.fromEntries(steps) };
}

/** What of a recorded result does not fit what the step is to answer now; empty: all fits, or nothing is asked for. */
export function misfitsOf({ spec }: Input, { result }: RecordedStep): readonly string[] {
  if (result === undefined) return [];
  const { outputSchema, form } = spec as unknown as { outputSchema?: JsonObject | null; form?: JsonObject };
  if (outputSchema != null) return fit(outputSchema, result);
  const answers = form === undefined ? undefined : valueAt(result, ['answers']);
  if (form === undefined || !Array.isArray(answers)) return [];
  return answers.flatMap((one: Json) => fit(form, valueAt(one, ['answer']) ?? null));
}

function fit(schema: JsonObject, value: Json): readonly string[] {
  const judged = judge(schema, value, { most: MOST_UNITS });
  if (judged.kind === 'judged') return linesOfMisfits(judged.misfits);
  return judged.kind === 'unusable' ? [`the schema cannot be applied: ${judged.why}`] : [];
}
