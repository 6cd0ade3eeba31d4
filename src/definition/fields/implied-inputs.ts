/** What is said of inputs: those that no declaration names, and those that nothing reads. */
import { distance } from 'fastest-levenshtein';
import type { Where } from '../expressions/expression-place.ts';
import type { Names } from './place.ts';
import type { Problems } from '../text/problem.ts';

const NOWHERE: Where = { path: ['inputs'], target: 'key' };
/** So many names are compared with each other. */
const MAX_COMPARED = 200;

/** Names that became inputs because they are no steps. One that is all but the name of a step or input is an error. */
export function noteImplied(names: Names, steps: ReadonlySet<string>, problems: Problems): void {
  if (!names.implicit || names.inputs.size === 0) return;
  const implied = [...names.inputs.keys()];
  for (const [at, name] of implied.slice(0, MAX_COMPARED).entries()) {
    const others = [...[...steps].slice(0, MAX_COMPARED), ...implied.slice(0, at)];
    const meant = others.find((other) => isSlip(name, other));
    if (meant !== undefined) noteSlip(name, meant, names.firstUse.get(name) ?? NOWHERE, problems);
  }
  const list = implied.slice(0, 20).join(', ') + (implied.length > 20 ? ', …' : '');
  const { path, target } = names.firstUse.get(implied[0] ?? '') ?? NOWHERE;
  const [what, them] =
    implied.length === 1 ? ['becomes a required input', 'it'] : ['become required inputs', 'them'];
  const members = implied.slice(0, 20).map((name) => `${name}: any`);
  const message = `No "inputs" are declared, so what is no step ${what}: ${list}.`;
  problems.warn('input_implied', path, message, `Declare ${them}: inputs: {${members.join(', ')}}.`, target);
}

function noteSlip(name: string, meant: string, { path, target }: Where, problems: Problems): void {
  const message = `There is no step or input "${name}".`;
  const hint = `Did you mean "${meant}"? Otherwise declare ${name} under "inputs".`;
  problems.error('name_unknown', path, message, hint, target);
}

/** Nobody gives two things names that differ so little: in case or hyphens, by one letter or by two in each other's place. */
function isSlip(name: string, other: string): boolean {
  if (name === other) return false;
  const [a, b] = [plain(name), plain(other)];
  if (a === b) return true;
  if (/\d/.test(a) || /\d/.test(b) || Math.min(a.length, b.length) < 4) return false;
  if (`${a}s` === b || `${b}s` === a) return false;
  if (a.length !== b.length) return distance(a, b) === 1;
  return isSwapped(a, b) || (a.length >= 6 && distance(a, b) === 1);
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '');

/** Two neighbouring letters in each other's place. */
function isSwapped(a: string, b: string): boolean {
  const at = a.split('').findIndex((letter, index) => letter !== b[index]);
  return a.slice(0, at) + a.charAt(at + 1) + a.charAt(at) + a.slice(at + 2) === b;
}

/** Inputs that are declared and read nowhere. */
export function noteUnusedInputs({ inputs, implicit, firstUse }: Names, problems: Problems): void {
  if (implicit || problems.failed) return;
  for (const name of inputs.keys()) {
    if (firstUse.has(name)) continue;
    const message = `Nothing reads the input "${name}".`;
    problems.warn(
      'input_unused',
      ['inputs', name],
      message,
      `Read it as {{ inputs.${name} }}, or remove it.`,
      'key',
    );
  }
}
