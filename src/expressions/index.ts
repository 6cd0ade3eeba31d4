/** Expressions: CEL over a run's values. The only entry of this folder. Sandbox-safe. */
export { ACTIVITY_COST, spentUnits, WORKFLOW_COST, type Budget } from './meter.ts';
export { evaluate, render, renderer } from './evaluate.ts';
export { renderSpec, type Rendered } from './render-spec.ts';
export { ExpressionError } from './expression-error.ts';
export { childrenOf, type AstNode } from './cel.ts';
export { FUNCTIONS, LIST_MACROS, METHODS } from './functions.ts';
export { countedFormFaults, formFaults } from './form.ts';
export { isTooCostly } from './form-cost.ts';
export { parseExpression, ROOTS, typeOf } from './program.ts';
export { watchEvaluations, type EvaluationWatcher } from './tell-evaluating.ts';
