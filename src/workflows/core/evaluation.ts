/**
 * The workflow's own evaluations. Bounded per task: an activation that takes over 5 s kills the worker process, so
 * what is larger goes to an activity, and what is too much for one task waits for the next.
 */
import { ExpressionError, WORKFLOW_COST, evaluate, render, spentUnits } from '../../expressions/index.ts';
import type { Json } from '../../plan/json.ts';
import type { Condition } from '../../plan/plan.ts';
import type { Template } from '../../plan/template.ts';
import type { FailureCode } from '../../protocol/failure.ts';
import type { Draft } from './draft.ts';
import { localScope } from './values.ts';
import type { LocalScope } from './values.ts';

/** What one evaluation costs beside the work that it counts itself. */
const EVALUATION_COST = 40;

export type Evaluated =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string }
  /** Not here, or too large for the workflow. */
  | { readonly kind: 'elsewhere'; readonly why: string }
  /** This task has done enough. */
  | { readonly kind: 'later' };

/** A template over values that may be too large. */
export function evaluateTemplate(draft: Draft, template: Template): Evaluated {
  return attempt(draft, localScope(draft, template.uses), (scope, limit) =>
    render(template.node, scope, limit),
  );
}

/** A condition; it must answer true or false. */
export function evaluateCondition(
  draft: Draft,
  condition: Condition,
  status: { readonly succeeded: boolean; readonly failed: boolean },
): Evaluated {
  const local = localScope(draft, condition.uses);
  const seen = { ...status, always: true as const };
  const result = attempt(draft, local, (scope, limit) =>
    evaluate(condition.source, { ...scope, status: seen }, limit),
  );
  if (result.kind === 'elsewhere')
    return { kind: 'failed', code: 'expression_too_expensive', message: result.why };
  if (result.kind !== 'value' || typeof result.value === 'boolean') return result;
  return {
    kind: 'failed',
    code: 'expression_error',
    message: `\`when\` must be true or false, not ${JSON.stringify(result.value)}`,
  };
}

type ReadyScope = Extract<LocalScope, { ok: true }>['scope'];

/** Evaluates within what is left for this task; what only a task of its own could bear waits for one. */
function attempt(
  draft: Draft,
  local: LocalScope,
  run: (scope: ReadyScope, limit: number) => Json,
): Evaluated {
  if (!local.ok) return { kind: 'elsewhere', why: local.why };
  const isFirst = draft.evaluated === 0;
  const limit = WORKFLOW_COST - draft.evaluated;
  if (limit <= 0) return { kind: 'later' };
  try {
    return { kind: 'value', value: run(local.scope, limit) };
  } catch (thrown) {
    const code = thrown instanceof ExpressionError ? thrown.code : 'expression_error';
    if (code !== 'expression_too_expensive') return { kind: 'failed', code, message: messageOf(thrown) };
    return isFirst ? { kind: 'elsewhere', why: messageOf(thrown) } : { kind: 'later' };
  } finally {
    draft.evaluated += EVALUATION_COST + spentUnits();
  }
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
