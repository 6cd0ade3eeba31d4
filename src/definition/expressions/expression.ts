/**
 * Compiles one expression: short names, hyphens and status functions are rewritten, every name is checked, and what
 * the expression reads is listed.
 */
import {
  childrenOf,
  FUNCTIONS,
  LIST_MACROS,
  METHODS,
  parseExpression,
  typeOf,
  type AstNode,
} from '../../expressions/index.ts';
import { compileCost, linearPattern, PatternError } from '../../plan/schema/linear-pattern.ts';
import { comparisonFault, type Compared, type Literal } from './comparison.ts';
import { closest } from '../hints/suggest.ts';
import type { Expression, Use } from '../../plan/template.ts';
import type { Fault, Place } from './expression-place.ts';
import { functionMeant, syntaxMeant } from '../hints/foreign-syntax.ts';
import { hyphenatedMember } from './hyphens.ts';
import { maskNames, type Masked } from './mask.ts';
import type { Hint } from '../text/problem.ts';
import { resolveName, type Part } from './reference.ts';
import { mergedUses } from './uses.ts';

export interface Compiled extends Expression {
  /** The type it yields; `dyn` when only the values can tell. */
  readonly type: string;
  /** It speaks of status itself. */
  readonly statusAware: boolean;
  /** It names nothing whose value could differ. */
  readonly constant: boolean;
}

export type CompileResult = { readonly compiled: Compiled } | { readonly faults: readonly Fault[] };

const MAX_EXPRESSION = 8_000;
const MAX_NESTING = 6;
/** Units, of about a microsecond, that looking at a pattern may take: a definition may hold thousands. */
const MAX_PATTERN_UNITS = 2_000;
const STATUS_FUNCTIONS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'always']);

/** Compiles the text of an expression, without `{{ }}`. Never throws. */
export function compileExpression(text: string, place: Place): CompileResult {
  if (text.trim() === '') return { faults: [fault('expression_empty', 'The expression is empty.')] };
  if (text.length > MAX_EXPRESSION) {
    return {
      faults: [fault('expression_syntax', `The expression is longer than ${MAX_EXPRESSION} characters.`)],
    };
  }
  const hyphenated = hyphenatedMember(text, place);
  if (hyphenated !== null) return { faults: [hyphenated] };
  const masked = maskNames(text, place);
  try {
    const compiler = new ExpressionCompiler(text, masked, place);
    return compiler.compile(parseExpression(masked.text));
  } catch (thrown) {
    return { faults: [{ ...syntaxFault(thrown), hint: () => syntaxMeant(text) }] };
  }
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** One walk over one syntax tree. */
class ExpressionCompiler {
  readonly #text: string;
  readonly #masked: Masked;
  readonly #place: Place;
  readonly #faults: Fault[] = [];
  readonly #changes: Change[] = [];
  readonly #uses: Use[] = [];
  #statusAware = false;
  #constant = true;

  constructor(text: string, masked: Masked, place: Place) {
    this.#text = text;
    this.#masked = masked;
    this.#place = place;
  }

  compile(tree: AstNode): CompileResult {
    const nesting = this.#walk(tree, new Set());
    if (nesting > MAX_NESTING) {
      this.#faults.push(
        fault('expression_too_deep', `List functions are nested more than ${MAX_NESTING} deep.`),
      );
    }
    if (this.#faults.length > 0) return { faults: this.#faults };
    const source = this.#rewritten();
    const checked = checkedType(source);
    if (typeof checked !== 'string') return { faults: [checked] };
    const statusAware =
      this.#statusAware || this.#uses.some((use) => use.root === 'steps' && use.field === 'status');
    const constant = this.#constant && !statusAware;
    return { compiled: { source, uses: mergedUses(this.#uses), type: checked, statusAware, constant } };
  }

  /** Checks everything below `node`; answers how deep list functions stand in each other. */
  #walk(node: AstNode, locals: ReadonlySet<string>): number {
    if (node.op === 'id' || node.op === '.' || node.op === '[]') return this.#walkAccess(node, locals);
    if (node.op === 'call') return this.#walkCall(node, locals);
    if (node.op === 'rcall') return this.#walkMethod(node, locals);
    if (node.op === '==' || node.op === '!=') this.#comparison(node, locals);
    return this.#walkAll(childrenOf(node), locals);
  }

  /** One side a name whose values are known, the other a value. */
  #comparison(node: AstNode, locals: ReadonlySet<string>): void {
    const [left, right] = node.args as readonly [AstNode, AstNode];
    for (const [side, other] of [
      [left, right],
      [right, left],
    ] as const) {
      const compared = other.op === 'value' ? this.#compared(side, locals) : null;
      if (compared === null) continue;
      const literal = typeof other.args === 'bigint' ? Number(other.args) : (other.args as Literal);
      const found = comparisonFault(compared, literal, node.op);
      if (found !== null) this.#faults.push(found);
    }
  }

  #compared(node: AstNode, locals: ReadonlySet<string>): Compared | null {
    const { base, parts } = accessOf(node, this.#masked);
    if (base.op !== 'id') return null;
    const name = this.#nameOf(base);
    if (locals.has(name)) return null;
    const text = this.#text.slice(node.start, node.end);
    const { steps, inputs } = this.#place;
    const rooted = name === 'steps' || name === 'inputs';
    const [own, ...rest] = rooted ? parts.map(({ key }) => key) : [name, ...parts.map(({ key }) => key)];
    const isStep = name === 'steps' || (!rooted && steps.has(name));
    if (isStep) return rest[0] === 'status' ? { what: 'status', text } : null;
    const spec = inputs.get(String(own));
    return spec === undefined || rest.length > 0 ? null : { what: 'input', text, spec };
  }

  #walkAll(nodes: readonly AstNode[], locals: ReadonlySet<string>): number {
    return nodes.reduce((deepest, node) => Math.max(deepest, this.#walk(node, locals)), 0);
  }

  /** `a.b["c"][i]`: the base is a name, or any other expression. */
  #walkAccess(node: AstNode, locals: ReadonlySet<string>): number {
    const { base, parts, indexes } = accessOf(node, this.#masked);
    const nesting = this.#walkAll(indexes, locals);
    if (base.op !== 'id') return Math.max(nesting, this.#walk(base, locals));
    const name = this.#nameOf(base);
    if (locals.has(name)) return nesting;
    this.#constant = false;
    const resolved = resolveName(
      { name, start: base.start, end: base.start + name.length },
      parts,
      this.#place,
    );
    this.#faults.push(...resolved.faults);
    this.#changes.push(...resolved.changes);
    this.#uses.push(...resolved.uses);
    return nesting;
  }

  #walkCall(node: AstNode, locals: ReadonlySet<string>): number {
    const [name, args] = node.args as readonly [string, readonly AstNode[]];
    if (STATUS_FUNCTIONS.has(name)) this.#statusFunction(name, node, args);
    else if (!FUNCTIONS.has(name)) this.#unknownFunction(name, FUNCTIONS);
    else if (name === 'has') this.#has(node, args);
    return this.#walkAll(args, locals);
  }

  #walkMethod(node: AstNode, locals: ReadonlySet<string>): number {
    const [name, receiver, args] = node.args as readonly [string, AstNode, readonly AstNode[]];
    if (!METHODS.has(name)) this.#unknownFunction(name, METHODS);
    if (name === 'matches') this.#pattern(args);
    const outer = this.#walk(receiver, locals);
    if (!LIST_MACROS.has(name)) return Math.max(outer, this.#walkAll(args, locals));
    const [variable, ...body] = args;
    if (variable?.op !== 'id') {
      this.#faults.push(
        fault('expression_syntax', `${name}() needs a name for the element first: x.${name}(one, …).`),
      );
      return outer;
    }
    const local = this.#nameOf(variable);
    if (this.#place.steps.has(local) || this.#place.inputs.has(local)) this.#shadows(local);
    return Math.max(outer, 1 + this.#walkAll(body, new Set([...locals, local])));
  }

  #statusFunction(name: string, node: AstNode, args: readonly AstNode[]): void {
    if (!this.#place.status) {
      const hint = 'Read steps.KEY.status instead, or move the condition to "when".';
      this.#faults.push(fault('status_misplaced', `${name}() may stand in "when" only.`, hint));
    } else if (args.length > 0)
      this.#faults.push(fault('expression_type', `${name}() takes nothing between its brackets.`));
    this.#statusAware = true;
    this.#changes.push({ start: node.start, end: node.end, text: `status.${name}` });
  }

  /** A pattern that stands there is looked at now; one that is computed or very large, when it is used. */
  #pattern([pattern]: readonly AstNode[]): void {
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') return;
    try {
      if (compileCost(pattern.args) <= MAX_PATTERN_UNITS) linearPattern(pattern.args);
    } catch (thrown) {
      if (!(thrown instanceof PatternError)) throw thrown;
      const message = `The pattern ${JSON.stringify(pattern.args)} ${thrown.message}.`;
      this.#faults.push(
        fault('pattern_invalid', message, 'docs/definitions.md says what patterns may hold.'),
      );
    }
  }

  #has(node: AstNode, args: readonly AstNode[]): void {
    const [value] = args;
    if (args.length !== 1 || value === undefined || !['id', '.', '[]'].includes(value.op)) {
      this.#faults.push(fault('expression_type', 'has() takes the way to one value.', 'Write has(a.b.c).'));
    }
    this.#changes.push({ start: node.start, end: node.start + 'has'.length, text: 'present' });
  }

  #shadows(name: string): void {
    const what = this.#place.steps.has(name) ? 'a step' : 'an input';
    const message = `The name "${name}" for an element is already that of ${what}.`;
    this.#faults.push(fault('variable_shadows', message, 'Choose another name for the element.'));
  }

  #unknownFunction(name: string, known: ReadonlySet<string>): void {
    const everything = [...FUNCTIONS, ...METHODS, ...(this.#place.status ? STATUS_FUNCTIONS : [])];
    const hint = (): string => {
      const meant = functionMeant(name);
      const near =
        meant !== undefined && everything.includes(meant)
          ? meant
          : (closest(name, known) ?? closest(name, everything));
      return near === undefined ? 'docs/definitions.md lists the functions.' : `Did you mean ${near}()?`;
    };
    this.#faults.push(fault('function_unknown', `There is no function ${name}().`, hint));
  }

  #nameOf(node: AstNode): string {
    return this.#masked.names.get(node.start) ?? (node.args as string);
  }

  #rewritten(): string {
    let source = '';
    let at = 0;
    for (const change of this.#changes.toSorted((a, b) => a.start - b.start)) {
      source += this.#text.slice(at, change.start) + change.text;
      at = change.end;
    }
    return (source + this.#text.slice(at)).trim();
  }
}

/** The base of `a.b[0]`, the constant parts of the way up to the first computed one, and the computed indexes. */
function accessOf(node: AstNode, masked: Masked): { base: AstNode; parts: Part[]; indexes: AstNode[] } {
  const parts: Part[] = [];
  const indexes: AstNode[] = [];
  let base = node;
  while (base.op === '.' || base.op === '[]') {
    const [from, member] = base.args as readonly [AstNode, string | AstNode];
    const after = from.end;
    if (typeof member === 'string') {
      const key = masked.names.get(base.pos) ?? member;
      parts.unshift({ key, start: base.pos, end: base.end, after, quoted: false });
    } else {
      const constant = member.op === 'value' ? constantKey(member.args) : null;
      if (constant === null) indexes.push(member);
      parts.unshift({ key: constant, start: member.start, end: member.end, after, quoted: true });
    }
    base = from;
  }
  return { base, parts, indexes };
}

function constantKey(value: unknown): string | number | null {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' ? value : null;
}

function checkedType(source: string): string | Fault {
  try {
    return typeOf(source);
  } catch (thrown) {
    return { ...syntaxFault(thrown), code: 'expression_type' };
  }
}

function syntaxFault(thrown: unknown): Fault {
  const { summary, message } = thrown as { readonly summary?: string; readonly message: string };
  return fault('expression_syntax', `${summary ?? message}.`);
}

function fault(code: string, message: string, hint?: Hint): Fault {
  return hint === undefined ? { code, message } : { code, message, hint };
}
