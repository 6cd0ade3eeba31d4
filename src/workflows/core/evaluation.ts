/**
 * The workflow's own evaluations. Bounded per task: an activation that takes over 5 s kills the worker process, so
 * what is larger goes to an activity, and what is too much for one task waits for the next.
 */
import { ExpressionError, evaluate, render } from '../../expressions/index.ts';
import type { Json } from '../../plan/json.ts';
import type { Condition } from '../../plan/plan.ts';
import type { Template } from '../../plan/template.ts';
import type { FailureCode } from '../../protocol/failure.ts';
import type { Draft } from './draft.ts';
import { localScope } from './values.ts';
import type { LocalScope } from './values.ts';

/** List elements visited by macros in one task, at most: about a second on a slow machine. */
const MAX_COST = 200_000;
/** Evaluations in one task, at most. */
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
  return attempt(draft, localScope(draft, template.uses), template.nesting, (scope) =>
    render(template.node, scope),
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
  const result = attempt(draft, local, condition.nesting, (scope) =>
    evaluate(condition.source, { ...scope, status: seen }),
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

function attempt(
  draft: Draft,
  local: LocalScope,
  nesting: number,
  run: (scope: ReadyScope) => Json,
): Evaluated {
  if (!local.ok) return { kind: 'elsewhere', why: local.why };
  const cost = EVALUATION_COST + (nesting === 0 ? 0 : local.nodes ** nesting);
  if (cost > MAX_COST) return { kind: 'elsewhere', why: 'too expensive for the workflow' };
  if (draft.evaluated + cost > MAX_COST) return { kind: 'later' };
  draft.evaluated += cost;
  try {
    return { kind: 'value', value: run(local.scope) };
  } catch (thrown) {
    const code = thrown instanceof ExpressionError ? thrown.code : 'expression_error';
    return { kind: 'failed', code, message: messageOf(thrown) };
  }
}

export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
