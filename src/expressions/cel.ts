/**
 * The parts of cel-js that its published types leave out. They belong to the exactly pinned version; the tests of
 * this folder fail when a new one differs.
 */

/** A node of a parsed expression. `args` depends on `op`. */
export interface AstNode {
  readonly op: string;
  readonly args: unknown;
  /** Offsets in the source. */
  readonly start: number;
  readonly end: number;
  /** Offset of what names the node: the member of an access, otherwise `start`. */
  readonly pos: number;
  readonly meta: { readonly alternate?: AstNode; readonly macro?: unknown };
  clone(operator: CelOperator, args: unknown): AstNode;
  setMeta(key: string, value: unknown): AstNode;
}

export interface CelOperator {
  readonly name: string;
  check(checker: CelChecker, node: AstNode, context: unknown): unknown;
  evaluate(evaluator: CelEvaluator, node: AstNode, context: unknown): unknown;
}

export interface CelChecker {
  check(node: AstNode, context: unknown): unknown;
  getType(name: string): unknown;
}

export interface CelEvaluator {
  run(node: AstNode, context: unknown): unknown;
  /** The value, or the error that it threw. */
  tryEval(node: AstNode, context: unknown): unknown;
}

/** The nodes directly below `node`, as the author wrote them (macros not expanded). */
export function childrenOf(node: AstNode): readonly AstNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
      return [(node.args as readonly [AstNode, string])[0]];
    case 'call':
      return (node.args as readonly [string, readonly AstNode[]])[1];
    case 'rcall': {
      const [, receiver, args] = node.args as readonly [string, AstNode, readonly AstNode[]];
      return [receiver, ...args];
    }
    case '!_':
    case '-_':
      return [node.args as AstNode];
    case 'map':
      return (node.args as readonly (readonly [AstNode, AstNode])[]).flat();
    default:
      return node.args as readonly AstNode[];
  }
}
