/** Short ways from a definition's text to what tests look at. */
import type { Plan, PlanStep } from '../../plan/plan.ts';
import { compile, type CompileOptions } from '../compile.ts';

/** The plan. Throws the errors where there are any. */
export function planOf(text: string, options: CompileOptions = {}): Plan {
  const result = compile(text, options);
  if ('plan' in result) return result.plan;
  throw new Error(JSON.stringify(result.errors, null, 1));
}

/** One step of the plan. */
export function stepOf(text: string, key: string, options: CompileOptions = {}): PlanStep {
  const step = planOf(text, options).steps.find((one) => one.key === key);
  if (step === undefined) throw new Error(`no step ${key}`);
  return step;
}

/** `line:column code` of every error, with the file in front where it has one. */
export function errorsOf(text: string, options: CompileOptions = {}): string[] {
  const result = compile(text, options);
  if (!('errors' in result)) return [];
  return result.errors.map(({ file, line, column, code }) =>
    [file === null ? '' : `${file}:`, `${line}:${column} ${code}`].join(''),
  );
}
