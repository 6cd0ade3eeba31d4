/** Parsed expressions, kept by their source: parsing costs far more than evaluating. */
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { AstNode, CelEvaluator } from './cel.ts';
import { chargeAll, chargeCaught } from './charged.ts';
import { registerFunctions } from './functions.ts';
import { instrument } from './instrument.ts';
import { dialect, metered } from './meter.ts';

/** The names an expression may begin with. */
export const ROOTS = ['inputs', 'steps', 'run', 'item', 'index', 'secrets', 'status', 'error'] as const;

const MAX_CACHED = 2_000;
const programs = { 1: new Map<string, ParseResult>(), 2: new Map<string, ParseResult>() };
const environments = { 1: createEnvironment(), 2: charging(createEnvironment()) };

/** The program of a compiled source, in the dialect of the evaluation under way. Throws cel-js's ParseError. */
export function programOf(source: string): ParseResult {
  const cache = programs[dialect()];
  const known = cache.get(source);
  if (known !== undefined) return known;
  const program = environments[dialect()].parse(source);
  const tree = program.ast as unknown as AstNode;
  if (dialect() === 1) instrument(tree);
  else chargeAll(tree);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(source, program);
  return program;
}

/** The syntax tree of a source, for the compiler. Throws cel-js's ParseError. */
export function parseExpression(source: string): AstNode {
  return environments[2].parse(source).ast as unknown as AstNode;
}

/** The type that a compiled source yields (`dyn` when only the values can tell). Throws cel-js's TypeError. */
export function typeOf(source: string): string {
  const { valid, type, error } = metered({}, () => programOf(source).check());
  if (valid) return type ?? 'dyn';
  throw error ?? new Error('The expression has no type.');
}

function createEnvironment(): Environment {
  const limits = {
    maxAstNodes: 2_000,
    maxDepth: 60,
    maxListElements: 500,
    maxMapEntries: 500,
    maxCallArguments: 8,
  };
  const created = new Environment({ homogeneousAggregateLiterals: false, limits });
  for (const root of ROOTS) created.registerVariable(root, 'dyn');
  registerFunctions(created);
  return created;
}

/** The evaluator of an environment shows itself only to the operators that it evaluates. */
function charging(environment: Environment): Environment {
  const probe = environment.parse('true');
  const tree = probe.ast as unknown as AstNode;
  tree.setMeta('evaluate', (evaluator: CelEvaluator) => {
    chargeCaught(evaluator);
    return true;
  });
  probe();
  return environment;
}
