/**
 * Prepares a parsed expression for dialect 1, so that its work is counted: every turn of a list macro costs one unit, and every
 * operation that looks through a value costs by its size.
 */
import { childrenOf, type AstNode, type CelOperator } from './cel.ts';
import { REPLACED } from './functions.ts';
import { spend, spendOn } from './meter.ts';

/** Evaluates its operand and takes one unit. */
const TURN: CelOperator = {
  name: 'turn',
  check: (checker, node, context) => checker.check(node.args as AstNode, context),
  evaluate: (evaluator, node, context) => (spend(1), evaluator.run(node.args as AstNode, context)),
};

/** Evaluates its operand and takes what looking through the value costs. */
const WEIGH: CelOperator = {
  name: 'weigh',
  check: (checker, node, context) => checker.check(node.args as AstNode, context),
  evaluate(evaluator, node, context) {
    const value = evaluator.run(node.args as AstNode, context);
    spendOn(value);
    return value;
  },
};

const WEIGHED: ReadonlySet<string> = new Set(['+', '==', '!=', 'in']);

/** Changes the nodes below and including `node` in place. To be called once, before the first evaluation. */
export function instrument(node: AstNode): void {
  for (const child of childrenOf(node)) instrument(child);
  const loop = node.meta.alternate;
  if (loop?.op === 'comprehension') wrap(loop.args as { step: AstNode }, 'step', TURN);
  else if (WEIGHED.has(node.op)) weighAll(node.args as AstNode[]);
  else if (node.op === 'call') weighAll((node.args as [string, AstNode[]])[1]);
  else if (node.op === 'rcall') instrumentMethod(node.args as [string, AstNode, AstNode[]]);
}

function instrumentMethod(call: [string, AstNode, AstNode[]]): void {
  call[0] = Object.hasOwn(REPLACED, call[0]) ? (REPLACED[call[0]] ?? call[0]) : call[0];
  wrap(call, 1, WEIGH);
  weighAll(call[2]);
}

function weighAll(operands: AstNode[]): void {
  for (const at of operands.keys()) wrap(operands, at, WEIGH);
}

function wrap<K extends string | number>(holder: Record<K, unknown>, at: K, operator: CelOperator): void {
  const operand = holder[at] as AstNode;
  if (operand.op === 'value') return;
  holder[at] = operand.clone(operator, operand).setMeta('async', false);
}
