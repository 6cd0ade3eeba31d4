/** `present(x)` (written `has(x)`) and `default(x, fallback)`: the two ways to live with a missing value. */
import type { Environment } from '@marcbachmann/cel-js';
import type { AstNode, CelChecker, CelEvaluator } from './cel.ts';
import { spendOnError } from './meter.ts';

const MISSING: ReadonlySet<unknown> = new Set(['no_such_key', 'index_out_of_bounds', 'unknown_variable']);

/** True for what CEL throws when a part of the way to a value does not exist. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && MISSING.has(thrown.code);
}

/** `has` of CEL knows only `a.b.c` and fails when `b` is missing, therefore another one under another name. */
export function registerMissing(environment: Environment): void {
  environment.registerFunction('present(ast): bool', ({ args: [value] }: Call) => ({
    async: false,
    typeCheck(checker: CelChecker, _macro: unknown, context: unknown) {
      checker.check(value, context);
      return checker.getType('bool');
    },
    evaluate: (evaluator: CelEvaluator, _macro: unknown, context: unknown) =>
      valueOf(value, evaluator, context) !== undefined,
  }));
  environment.registerFunction('default(ast, ast): dyn', ({ args: [value, fallback] }: Call) => ({
    async: false,
    typeCheck(checker: CelChecker, _macro: unknown, context: unknown) {
      checker.check(value, context);
      checker.check(fallback, context);
      return checker.getType('dyn');
    },
    evaluate: (evaluator: CelEvaluator, _macro: unknown, context: unknown) =>
      valueOf(value, evaluator, context) ?? evaluator.run(fallback, context),
  }));
}

interface Call {
  readonly args: readonly [AstNode, AstNode];
}

function valueOf(node: AstNode, evaluator: CelEvaluator, context: unknown): unknown {
  try {
    return evaluator.run(node, context);
  } catch (thrown) {
    if (!isMissing(thrown)) throw thrown;
    spendOnError();
    return undefined;
  }
}
