/**
 * The workflow's own evaluations. Bounded per task: an activation that takes over 5 s kills the worker process, so
 * what is larger goes to an activity, and what is too much for one task waits for the next.
 */
import { ExpressionError, WORKFLOW_COST, evaluate, render, spentUnits } from '../../../expressions/index.ts';
import type { Budget } from '../../../expressions/index.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import { jsonBytes } from '../../../plan/json.ts';
import type { Json } from '../../../plan/json.ts';
import type { Condition } from '../../../plan/plan.ts';
import type { Scope, Template, Use } from '../../../plan/template.ts';
import type { FailureCode } from '../../../protocol/failure.ts';
import { WORKFLOW_VALUES_BYTES } from '../../../protocol/values.ts';
import type { Draft } from './draft.ts';
import { localScope } from './values.ts';
import { since } from './versions.ts';

/** What one evaluation costs beside the work that it counts itself. */
const EVALUATION_COST = 40;
/** Units that what cannot wait may spend, however much the task has done, and at most. */
const URGENT_COST = { least: 2_000, most: 20_000 };

export type Evaluated =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string }
  /** Not here, or too large for the workflow. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  /** This task has done enough. */
  | { readonly kind: 'later' };

/** A template over values that may be too large. */
export function evaluateTemplate(draft: Draft, template: Template): Evaluated {
  const result = attempt(draft, template.uses, (scope, budget) => render(template.node, scope, budget));
  if (result.kind !== 'value' || !since(draft.state, 'counted_expressions')) return result;
  const bytes = jsonBytes(result.value);
  if (bytes <= WORKFLOW_VALUES_BYTES) return result;
  return { kind: 'elsewhere', why: `its result has ${bytes} bytes, the limit is ${WORKFLOW_VALUES_BYTES}` };
}

/** A condition; it must answer true or false. */
export function evaluateCondition(
  draft: Draft,
  condition: Condition,
  status: { readonly succeeded: boolean; readonly failed: boolean },
): Evaluated {
  const seen = { ...status, always: true as const };
  const result = attempt(draft, condition.uses, (scope, budget) =>
    evaluate(condition.source, { ...scope, status: seen }, budget),
  );
  if (result.kind === 'elsewhere')
    return { kind: 'failed', code: 'expression_too_expensive', message: result.why };
  if (result.kind !== 'value' || typeof result.value === 'boolean') return result;
  return {
    kind: 'failed',
    code: 'expression_error',
    message: `\`when\` must be true or false, not ${writeJson(result.value)}`,
  };
}

/** Evaluates within what is left for this task; what only a task of its own could bear waits for one. */
function attempt(draft: Draft, uses: readonly Use[], run: (scope: Scope, budget: Budget) => Json): Evaluated {
  const counted = since(draft.state, 'counted_expressions');
  const isFirst = draft.evaluated === 0;
  if (counted && leftIn(draft) <= 0) return { kind: 'later' };
  const local = localScope(draft, uses);
  if (counted) draft.evaluated += local.cost;
  if (!local.ok) return { kind: 'elsewhere', why: local.why };
  if (leftIn(draft) <= 0) return { kind: 'later' };
  try {
    return { kind: 'value', value: run(local.scope, budgetOf(draft, leftIn(draft))) };
  } catch (thrown) {
    const code = thrown instanceof ExpressionError ? thrown.code : 'expression_error';
    if (code !== 'expression_too_expensive') return { kind: 'failed', code, message: messageOf(thrown) };
    return isFirst ? { kind: 'elsewhere', why: messageOf(thrown) } : { kind: 'later' };
  } finally {
    draft.evaluated += EVALUATION_COST + spentUnits();
  }
}

/** Evaluates what must be decided now: a small share is always left for it. Throws what the expression throws. */
export function evaluateNow(draft: Draft, run: (budget: Budget) => Json): Json {
  if (!since(draft.state, 'counted_expressions')) return run(budgetOf(draft, WORKFLOW_COST));
  const limit = Math.min(URGENT_COST.most, Math.max(URGENT_COST.least, leftIn(draft)));
  try {
    return run(budgetOf(draft, limit));
  } finally {
    draft.evaluated += EVALUATION_COST + spentUnits();
  }
}

function leftIn(draft: Draft): number {
  return WORKFLOW_COST - draft.evaluated;
}

function budgetOf({ state }: Draft, limit: number): Budget {
  return { limit, dialect: since(state, 'counted_expressions') ? 2 : 1 };
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
