/**
 * Prepares a parsed expression for dialect 2: every operator and every call pays before it runs, every turn of a list
 * macro pays for the nodes below it, and nothing goes on once the budget is spent.
 */
import { childrenOf, type AstNode, type CelEvaluator, type CelOperator } from './cel.ts';
import { CALL_COSTS, OPERATOR_COSTS, spendOnType } from './costs.ts';
import { ExpressionError } from './expression-error.ts';
import { REPLACED } from './functions.ts';
import { inCall, spend, spendOnError } from './meter.ts';
import { OWN } from './own-functions.ts';

/** Units that a node costs each time it is evaluated. */
const NODE = 0.1;
/** A turn of a loop, and a call, beside their nodes. */
const TURN = 0.3;
const CALL = 0.5;

/** Changes the nodes below and including `node` in place, before the first evaluation. Answers how many there are. */
export function chargeAll(node: AstNode): number {
  const nodes = childrenOf(node).reduce((sum, child) => sum + chargeAll(child), 1);
  const loop = node.meta.alternate;
  if (loop?.op === 'comprehension') chargeTurns(loop.args as { step: AstNode }, nodes);
  else if (OPERATOR_COSTS.has(node.op)) chargeOperator(node);
  else if (node.op === 'call' || node.op === 'rcall') chargeCall(node);
  return nodes;
}

function chargeTurns(loop: { step: AstNode }, nodes: number): void {
  const units = TURN + nodes * NODE;
  const turn: CelOperator = {
    name: 'turn',
    check: (checker, node, context) => checker.check(node.args as AstNode, context),
    evaluate: (evaluator, node, context) => (spend(units), evaluator.run(node.args as AstNode, context)),
  };
  loop.step = loop.step.clone(turn, loop.step).setMeta('async', false);
}

/** As the checker leaves an operator with two operands. */
interface Binary extends AstNode {
  readonly left: AstNode;
  readonly right: AstNode;
  readonly handle: (left: unknown, right: unknown, node: AstNode, evaluator: CelEvaluator) => unknown;
}

function chargeOperator(node: AstNode): void {
  const cost = OPERATOR_COSTS.get(node.op);
  node.setMeta('evaluate', (evaluator: CelEvaluator, self: Binary, context: unknown) => {
    const left = evaluator.run(self.left, context);
    const right = evaluator.run(self.right, context);
    spendOnType(left);
    spendOnType(right);
    cost?.([left, right]);
    return self.handle(left, right, self, evaluator);
  });
}

/** As the checker leaves a call. */
interface Call extends AstNode {
  readonly handle: (values: unknown[], a: unknown, b: unknown) => unknown;
}

function chargeCall(node: AstNode): void {
  if (node.meta.macro !== undefined) return;
  const isMethod = node.op === 'rcall';
  const named = node.args as [string, ...unknown[]];
  const [name] = named;
  if (isMethod && Object.hasOwn(REPLACED, name) && !OWN.has(name)) named[0] = REPLACED[name] ?? name;
  const operands = childrenOf(node);
  const [cost, own] = [CALL_COSTS.get(name), OWN.get(name)];
  node.setMeta('evaluate', (evaluator: CelEvaluator, self: Call, context: unknown) => {
    const values = valuesOf(operands, evaluator, context);
    return inCall(name, () => {
      spend(CALL);
      for (const value of values) spendOnType(value);
      cost?.(values);
      const [text, other, third] = values;
      const result = own !== undefined && typeof text === 'string' ? own(text, other, third) : undefined;
      if (result !== undefined) return result;
      return isMethod ? self.handle(values, evaluator, self) : self.handle(values, self, evaluator);
    });
  });
}

/** From the last to the first, as cel-js does it. */
function valuesOf(operands: readonly AstNode[], evaluator: CelEvaluator, context: unknown): unknown[] {
  return operands
    .toReversed()
    .map((operand) => evaluator.run(operand, context))
    .toReversed();
}

/**
 * Makes an evaluator pay for the errors that `&&`, `||`, `all` and `exists` catch, and lets none of them catch that
 * the budget is spent: they would go on, one error after the other.
 */
export function chargeCaught(evaluator: CelEvaluator): void {
  evaluator.tryEval = (node, context) => {
    try {
      return evaluator.run(node, context);
    } catch (thrown) {
      if (thrown instanceof ExpressionError && thrown.code === 'expression_too_expensive') throw thrown;
      spendOnError();
      return thrown;
    }
  };
}
