/**
 * Evaluates compiled expressions and templates. Pure: the same source and values give the same result in the
 * workflow, in its replay, in the projector and in activities.
 *
 * Results are data: what a template produced is never evaluated again.
 */
import type { Json } from '../plan/json.ts';
import type { Scope, TemplateNode, TextInterpolation, ValueInterpolation } from '../plan/template.ts';
import type { AstNode } from './cel.ts';
import { ExpressionError } from './expression-error.ts';
import { charge, dialect, metered, spendOnReading, spentUnits, type Budget } from './meter.ts';
import { isMissing } from './missing.ts';
import { programOf } from './program.ts';
import { tellEvaluating } from './tell-evaluating.ts';
import { fromCel, toCel, toText } from './values.ts';

type Context = Record<string, unknown>;

/** The value of a compiled expression. Throws {@link ExpressionError}. */
export function evaluate(source: string, scope: Scope, budget: Budget = {}): Json {
  return metered(budget, () => valueOf(source, contextOf(scope)));
}

/** The template with every interpolation replaced. Throws {@link ExpressionError}. */
export function render(node: TemplateNode, scope: Scope, budget: Budget = {}): Json {
  return metered(budget, () => renderNode(node, contextOf(scope)));
}

/** Renders several templates over one scope, within `limit` units together. */
export function renderer(scope: Scope, limit: number): (node: TemplateNode) => Json {
  let left = limit;
  let context: Context | undefined;
  return (node) => {
    try {
      return metered({ limit: left }, () => renderNode(node, (context ??= contextOf(scope))));
    } finally {
      left -= spentUnits();
    }
  };
}

/** The context of CEL; every root is there, so that a missing part is named and not the root. */
function contextOf(scope: Scope): Context {
  const { inputs, steps, run, secrets = {}, status = {}, error = {} } = scope;
  const roots = { inputs, steps, run, secrets, status, error };
  return Object.fromEntries(Object.entries(roots).map(([root, value]) => [root, toCel(value)]));
}

function renderNode(node: TemplateNode, context: Context): Json {
  charge(0.5);
  if (typeof node !== 'object' || node === null) return node;
  if (isList(node)) return node.map((one) => renderNode(one, context));
  if (isValue(node)) return valueOf(node.$expr, context);
  if (isText(node)) return node.$text.map((part) => partText(part, context)).join('');
  return Object.fromEntries(
    Object.entries(node).map(([name, member]) => [name, renderNode(member, context)]),
  );
}

const isList = (node: object): node is readonly TemplateNode[] => Array.isArray(node);
const isValue = (node: object): node is ValueInterpolation => Object.hasOwn(node, '$expr');
const isText = (node: object): node is TextInterpolation => Object.hasOwn(node, '$text');

function partText(part: string | ValueInterpolation, context: Context): string {
  return typeof part === 'string' ? part : explained(part.$expr, () => toText(run(part.$expr, context)));
}

function valueOf(source: string, context: Context): Json {
  return explained(source, () => fromCel(run(source, context)));
}

function run(source: string, context: Context): unknown {
  return tellEvaluating(source, () => {
    spendOnReading(source);
    return programOf(source)(context) as unknown;
  });
}

/** Turns whatever `work` throws into an ExpressionError that names the expression. */
function explained<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ExpressionError) {
      throw new ExpressionError(thrown.code, `${thrown.message} In the expression: ${source}`);
    }
    throw isMissing(thrown) ? missing(source, thrown) : failed(source, thrown);
  }
}

function missing(source: string, thrown: unknown): ExpressionError {
  const node = (thrown as { readonly node?: AstNode }).node;
  const what = node === undefined ? 'A value' : wayTo(node);
  const message = `${what} is missing in the expression: ${source}. Use default(x, fallback) or has(x) if that may be.`;
  return new ExpressionError('value_missing', message);
}

function failed(source: string, thrown: unknown): ExpressionError {
  const { summary, message, code } = thrown as CelError;
  const isOverflow = code === 'numeric_overflow' && dialect() > 1;
  return new ExpressionError(
    isOverflow ? 'number_out_of_range' : 'expression_error',
    `${summary ?? message}, in the expression: ${source}`,
  );
}

interface CelError {
  readonly summary?: string;
  readonly message: string;
  readonly code?: string;
}

/** The way to a value as an author writes it. */
function wayTo(node: AstNode): string {
  if (node.op === 'id') return node.args as string;
  if (node.op === 'value')
    return typeof node.args === 'string' ? JSON.stringify(node.args) : String(node.args);
  if (node.op === 'weigh') return wayTo(node.args as AstNode);
  if (node.op !== '.' && node.op !== '[]') return '(…)';
  const [from, member] = node.args as readonly [AstNode, string | AstNode];
  return typeof member === 'string' ? `${wayTo(from)}.${member}` : `${wayTo(from)}[${wayTo(member)}]`;
}
