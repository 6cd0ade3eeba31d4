/** What is wrong with a definition, as editors and people know it. */
import type { DefinitionProblem } from '../../definition/index.ts';

/** `file:line:column: error: message [code]`, with the hint below. */
export function problemText(problem: DefinitionProblem, severity: 'error' | 'warning'): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  const head = `${place === '' ? '' : `${place}: `}${severity}: ${problem.message} [${problem.code}]`;
  return problem.hint === undefined ? head : `${head}\n    ${problem.hint}`;
}
