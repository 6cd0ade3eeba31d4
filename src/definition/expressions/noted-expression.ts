/** Compiles the expressions of a definition, as many as it may have, and notes what is wrong with them. */
import type { Path } from '../../plan/json.ts';
import { MAX_EXPRESSION_CHARS, MAX_EXPRESSIONS } from '../text/effort.ts';
import type { Place, Where } from './expression-place.ts';
import { compileExpression, type Compiled } from './expression.ts';
import type { Problems } from '../text/problem.ts';
import type { Target } from '../text/source.ts';

/** The expression that stands at `path`, or null after its problems were noted. */
export function compileNoted(
  text: string,
  { path, target = 'value' }: { readonly path: Path; readonly target?: Target },
  place: Place,
  problems: Problems,
): Compiled | null {
  if (problems.full) return null;
  if (!problems.effort.takes(text)) {
    const message = `The definition holds more than ${MAX_EXPRESSIONS} expressions, or more than ${MAX_EXPRESSION_CHARS} characters of them.`;
    problems.end('too_many_expressions', path, message, 'Split the workflow, or hand data over as inputs.');
    return null;
  }
  const result = compileExpression(text, place);
  if ('compiled' in result) {
    noteUses(result.compiled, { path, target }, place);
    return result.compiled;
  }
  for (const { code, message, hint } of result.faults) problems.error(code, path, message, hint, target);
  return null;
}

function noteUses({ uses }: Compiled, where: Where, { firstUse }: Place): void {
  if (firstUse === null) return;
  for (const { root, name } of uses) if (root === 'inputs' && !firstUse.has(name)) firstUse.set(name, where);
}
