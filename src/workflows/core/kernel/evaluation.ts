/**
 * The workflow's own evaluations. Bounded per task: an activation that takes over 5 s kills the worker process, so
 * what is larger goes to an activity, and what is too much for one task waits for the next.
 */
import { ExpressionError, WORKFLOW_COST, evaluate, render, spentUnits } from '../../../expressions/index.ts';
import type { Budget } from '../../../expressions/index.ts';
import type { Address } from '../../../plan/address.ts';
import { writeJson } from '../../../plan/exact-json.ts';
import { jsonBytes, valueAt } from '../../../plan/json.ts';
import type { Json, JsonObject, Path } from '../../../plan/json.ts';
import type { Condition } from '../../../plan/plan.ts';
import type { Expression, Scope, Template, Use } from '../../../plan/template.ts';
import type { FailureCode } from '../../../protocol/failure.ts';
import { WORKFLOW_VALUES_BYTES } from '../../../protocol/values.ts';
import type { ConditionSeen, ValueSeen } from './contract.ts';
import type { Draft } from './draft.ts';
import { mayStandHere } from './unstored.ts';
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

/** A template over values that may be too large, or whose result may be too much. */
export function evaluateTemplate(draft: Draft, template: Template): Evaluated {
  const result = attempt(draft, template.uses, (scope, budget) => render(template.node, scope, budget));
  if (result.kind !== 'value' || !since(draft.state, 'counted_expressions')) return result;
  const bytes = jsonBytes(result.value);
  if (bytes > WORKFLOW_VALUES_BYTES)
    return { kind: 'elsewhere', why: `its result has ${bytes} bytes, the limit is ${WORKFLOW_VALUES_BYTES}` };
  return mayStandHere(draft, bytes) ? result : { kind: 'elsewhere', why: 'much is here that is not stored' };
}

/** The condition of a step; it must answer true or false. */
export function evaluateCondition(
  draft: Draft,
  step: Address,
  condition: Condition,
  asked: { readonly succeeded: boolean; readonly failed: boolean },
): Evaluated {
  const status = { ...asked, always: true as const };
  let values: readonly ValueSeen[] = [];
  const result = attempt(draft, condition.uses, (known, budget) => {
    const scope = { ...known, status };
    if (draft.watch !== null) values = valuesSeen(condition, scope);
    return evaluate(condition.source, scope, budget);
  });
  const answer = conditionAnswer(result);
  draft.watch?.({
    type: 'condition',
    step,
    condition: { source: condition.source, values, answer: told(answer) },
  });
  return answer;
}

function told(answer: Evaluated): ConditionSeen['answer'] {
  if (answer.kind === 'value') return { value: answer.value };
  if (answer.kind === 'later') return { later: true };
  return { error: answer.kind === 'failed' ? answer.message : answer.why };
}

function conditionAnswer(result: Evaluated): Evaluated {
  if (result.kind === 'elsewhere')
    return { kind: 'failed', code: 'expression_too_expensive', message: result.why };
  if (result.kind !== 'value' || typeof result.value === 'boolean') return result;
  return {
    kind: 'failed',
    code: 'expression_error',
    message: `\`when\` must be true or false, not ${writeJson(result.value)}`,
  };
}

/**
 * What an expression saw, and what came of it, for whoever asks why.
 *
 * @param answer asks it, once; may throw
 */
export function conditionSeen(expression: Expression, scope: Scope, answer: () => Json): ConditionSeen {
  const { source } = expression;
  const values = valuesSeen(expression, scope);
  try {
    return { source, values, answer: { value: answer() } };
  } catch (thrown) {
    return { source, values, answer: { error: messageOf(thrown) } };
  }
}

/** Each once; of the error that is to be judged, all of it. */
function valuesSeen({ source, uses }: Expression, scope: Scope): readonly ValueSeen[] {
  const { status, error } = scope;
  const named = uses.map((use): ValueSeen => {
    const way = use.root === 'inputs' ? [use.name] : [use.name, use.field];
    const value = valueAt(scope[use.root] as JsonObject, [...way, ...use.path]);
    return seenValue(wayText([use.root, ...way, ...use.path]), value);
  });
  const asked = (['succeeded', 'failed'] as const).filter((name) => source.includes(`status.${name}`));
  return [
    ...new Map(named.map((one) => [one.name, one])).values(),
    ...asked.map((name) => seenValue(`${name}()`, status?.[name])),
    ...(error === undefined ? [] : [seenValue('error', error)]),
  ];
}

const seenValue = (name: string, value: Json | undefined): ValueSeen =>
  value === undefined ? { name } : { name, value };

/** `steps.build.result.files[0]`, as an author writes it. */
function wayText([root, ...path]: Path): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`));
  return `${root}${parts.join('')}`;
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
