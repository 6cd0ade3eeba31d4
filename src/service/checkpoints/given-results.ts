/** Results that somebody gives steps of a branch: whether the steps can have them. Pure. */
import type { Settings } from '../../contract/checkpoint.ts';
import { ConflictError, type ErrorDetail } from '../../errors/errors.ts';
import { jsonBytes, type Json } from '../../plan/json.ts';
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { judge, linesOfMisfits } from '../../plan/schema/schema-judge.ts';
import { INLINE_RESULT_BYTES, previewOf } from '../../protocol/values.ts';
import type { GivenEnd } from '../state/read-checkpoint-state.ts';

/** Units that judging a result may take; a person waits for the answer. */
const MOST_UNITS = 100_000;

/** @throws ConflictError `set_refused` with all that is wrong. A step that the plan does not have is no matter here. */
export function givenResults(plan: Plan, { steps }: Settings): ReadonlyMap<string, GivenEnd> {
  const results = plan.steps.flatMap((step) => {
    const result = steps[step.key]?.result;
    return result === undefined ? [] : [[step, result] as const];
  });
  const faults = results.flatMap(([step, result]) => faultOf(step, result));
  const [first] = faults;
  if (first !== undefined) throw new ConflictError('set_refused', first.message, faults);
  const ends = results.map(([{ key }, value]) => {
    const result = { value, bytes: jsonBytes(value), preview: previewOf(value) };
    return [key, { result }] as const;
  });
  return new Map(ends);
}

function faultOf({ key, spec }: PlanStep, result: Json): ErrorDetail[] {
  const refused = (code: string, why: string): ErrorDetail[] => [
    { path: `body.set.steps.${key}.result`, code, message: `Step "${key}" cannot have this result: ${why}.` },
  ];
  const bytes = jsonBytes(result);
  if (bytes > INLINE_RESULT_BYTES)
    return refused('result_too_large', `it has ${bytes} bytes; ${INLINE_RESULT_BYTES} are allowed`);
  const schema = spec.kind === 'agent' ? spec.outputSchema : null;
  if (schema === null) return [];
  const judged = judge(schema, result, { most: MOST_UNITS });
  if (judged.kind === 'too_costly')
    return refused('result_invalid', 'judging it by the schema takes too long');
  if (judged.kind === 'unusable')
    return refused('result_invalid', `its schema cannot be applied: ${judged.why}`);
  const { misfits } = judged;
  return misfits.length === 0 ? [] : refused('result_invalid', linesOfMisfits(misfits).join('; '));
}
