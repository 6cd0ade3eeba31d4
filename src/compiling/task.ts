/** What goes to a compiling thread, and what comes back. */
import type { CompileOptions, DefinitionProblem } from '../definition/index.ts';
import type { ErrorDetail } from '../errors/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { StepEdit } from '../protocol/editing/step-edit.ts';

export interface Task {
  readonly text: string;
  /** To be made of the text before it is compiled. */
  readonly edits?: StepEdits;
  readonly options: CompileOptions;
  /** Is the plan wanted, or only whether there is one? */
  readonly plan: boolean;
}

export interface StepEdits {
  readonly list: readonly StepEdit[];
  /** Of the list, for what is wrong with one. */
  readonly path: string;
}

/** What a thread answers: of edits the text too that they have made, or why they cannot be made. */
export type Answer =
  | (CompileOutcome & { readonly source: string })
  | { readonly refused: { readonly message: string; readonly details: readonly ErrorDetail[] } };

export type CompileOutcome =
  | { readonly plan: Plan | null; readonly warnings: readonly DefinitionProblem[] }
  | { readonly errors: readonly DefinitionProblem[]; readonly warnings: readonly DefinitionProblem[] };
