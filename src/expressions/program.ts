/** Parsed expressions, kept by their source: parsing costs far more than evaluating. */
import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { AstNode } from './cel.ts';
import { registerFunctions } from './functions.ts';
import { instrument } from './instrument.ts';

/** The names an expression may begin with. */
export const ROOTS = ['inputs', 'steps', 'run', 'item', 'index', 'secrets', 'status', 'error'] as const;

const MAX_CACHED = 2_000;
const programs = new Map<string, ParseResult>();
const environment = createEnvironment();

/** The program of a compiled source. Throws cel-js's ParseError. */
export function programOf(source: string): ParseResult {
  const known = programs.get(source);
  if (known !== undefined) return known;
  const program = environment.parse(source);
  instrument(program.ast as unknown as AstNode);
  if (programs.size >= MAX_CACHED) programs.clear();
  programs.set(source, program);
  return program;
}

/** The syntax tree of a source, for the compiler. Throws cel-js's ParseError. */
export function parseExpression(source: string): AstNode {
  return environment.parse(source).ast as unknown as AstNode;
}

/** The type that a compiled source yields (`dyn` when only the values can tell). Throws cel-js's TypeError. */
export function typeOf(source: string): string {
  const { valid, type, error } = programOf(source).check();
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
