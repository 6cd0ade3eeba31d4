/** What of a step's input is worth a place of its own, the words first. Pure. */
import type { StepInput } from '../../api/generated.ts';

/** What people look for. */
const FIRST = ['prompt', 'run', 'url', 'method', 'value'];

/** Members that say something, each with its name; of a `transform` its value alone. */
export function membersOf({ given, system, kind }: Pick<StepInput, 'given' | 'system' | 'kind'>) {
  if (kind === 'transform' || !isObject(given)) return [['value', given] as const];
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  const members = Object.entries(given)
    .filter(([, value]) => !isNothing(value))
    .toSorted(([one], [other]) => rank(one) - rank(other));
  return system === null || system === '' ? members : [...members, ['system', system] as const];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
}
