/** What goes to a compiling thread, and what comes back. */
import type { CompileOptions, DefinitionProblem } from '../definition/index.ts';
import type { Plan } from '../plan/plan.ts';

export interface Task {
  readonly text: string;
  readonly options: CompileOptions;
  /** Is the plan wanted, or only whether there is one? */
  readonly plan: boolean;
}

export type CompileOutcome =
  | { readonly plan: Plan | null; readonly warnings: readonly DefinitionProblem[] }
  | { readonly errors: readonly DefinitionProblem[]; readonly warnings: readonly DefinitionProblem[] };
