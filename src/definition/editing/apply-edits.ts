/**
 * Edits of single steps, applied to a definition as its author wrote it. Pure.
 *
 * A text keeps its comments and its order: only what an edit names is touched. What comes out is judged by the compiler, as
 * any definition is.
 */
import { InvalidError } from '../../errors/errors.ts';
import type { StepEdit } from '../../protocol/editing/step-edit.ts';
import { outlineFor } from '../text/parse.ts';
import type { Recall } from '../text/recall.ts';
import { StepParts } from './step-parts.ts';
import { namesOf, nameOf, StepNodes, type WrittenSteps } from './written-steps.ts';

/**
 * @param path of the list of edits, for what is wrong with one
 * @param recall a text that is known is not read whole; what comes out is the same
 * @throws InvalidError `edit_invalid` for an edit that names a step that there is not, or is already
 */
export function applyEdits(
  source: string,
  edits: readonly StepEdit[],
  path = 'edits',
  recall?: Recall,
): string {
  const outline = outlineFor(source, recall);
  const place = (at: number) => `${path}[${at}]`;
  const steps = outline === null ? StepNodes.of(source) : new StepParts(outline);
  if (steps === null) throw wrong(place(0), 'the definition has no list `steps`');
  edits.forEach((edit, at) => applyOne(steps, edit, place(at)));
  return steps.text();
}

function applyOne(steps: WrittenSteps, edit: StepEdit, at: string): void {
  switch (edit.op) {
    case 'INSERT':
      return insert(steps, edit, at);
    case 'UPDATE': {
      const step = placeOf(steps, nameOf(edit.step['key']), at);
      for (const [name, value] of Object.entries(edit.step))
        if (name !== 'key') steps.set(step, name, value === null ? undefined : value);
      return;
    }
    case 'DELETE':
      return remove(steps, edit, at);
  }
}

function insert(
  steps: WrittenSteps,
  { step, after, before, rewire }: Extract<StepEdit, { op: 'INSERT' }>,
  at: string,
): void {
  const key = nameOf(step['key']);
  if (steps.keys().includes(key)) throw wrong(at, `there is a step "${key}" already`);
  const waitsFor = listOf(after);
  const places = waitsFor.map((name) => placeOf(steps, name, at));
  const followers =
    before !== undefined
      ? listOf(before).map((name) => placeOf(steps, name, at))
      : rewire
        ? placesThat(steps, (name, waited) => !waitsFor.includes(name) && waitsForAny(waited, waitsFor))
        : [];
  const dependencies = [...new Set([...namesOf(step['dependencies']), ...waitsFor])];
  for (const follower of followers) {
    const kept = steps.dependencies(follower).filter((name) => !rewire || !waitsFor.includes(name));
    setDependencies(steps, follower, [...kept, key]);
  }
  const place = waitsFor.length === 0 ? steps.keys().length : Math.max(...places) + 1;
  steps.insert(place, { ...step, ...(dependencies.length === 0 ? {} : { dependencies }) });
}

const waitsForAny = (waited: readonly string[], names: readonly string[]): boolean =>
  waited.some((name) => names.includes(name));

/** Of the steps that are so. */
function placesThat(
  steps: WrittenSteps,
  isSo: (key: string, dependencies: readonly string[]) => boolean,
): readonly number[] {
  return steps.keys().flatMap((key, place) => (isSo(key, steps.dependencies(place)) ? [place] : []));
}

function remove(
  steps: WrittenSteps,
  { step: key, rewire }: Extract<StepEdit, { op: 'DELETE' }>,
  at: string,
): void {
  const place = placeOf(steps, key, at);
  const waitedFor = steps.dependencies(place);
  steps.remove(place);
  if (!rewire) return;
  for (const follower of placesThat(steps, (_, names) => names.includes(key))) {
    const next = steps.dependencies(follower).flatMap((name) => (name === key ? waitedFor : [name]));
    setDependencies(steps, follower, [...new Set(next)]);
  }
}

function setDependencies(steps: WrittenSteps, place: number, names: readonly string[]): void {
  steps.set(place, 'dependencies', names.length === 0 ? undefined : [...names], { flow: true });
}

function placeOf(steps: WrittenSteps, key: string, at: string): number {
  const keys = steps.keys();
  const found = keys.indexOf(key);
  if (found >= 0) return found;
  throw wrong(at, `there is no step "${key}"; steps: ${keys.slice(0, 20).join(', ')}`);
}

const listOf = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

function wrong(path: string, why: string): InvalidError {
  return new InvalidError('edit_invalid', `${path}: ${why}.`, [{ path, code: 'edit_invalid', message: why }]);
}
