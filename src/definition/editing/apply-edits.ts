/**
 * Edits of single steps, applied to a definition as its author wrote it. Pure.
 *
 * A text in YAML keeps its comments and its order: only what an edit names is touched. What comes out is judged by the
 * compiler, as any definition is.
 */
import { isMap, isSeq, parseDocument, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { InvalidError } from '../../errors/errors.ts';
import type { StepEdit } from '../../protocol/editing/step-edit.ts';

type StepNode = YAMLMap;

/**
 * @param path of the list of edits, for what is wrong with one
 * @throws InvalidError `edit_invalid` for an edit that names a step that there is not, or is already
 */
export function applyEdits(source: string, edits: readonly StepEdit[], path = 'edits'): string {
  const document = parseDocument(source);
  const steps = document.get('steps');
  const place = (at: number) => `${path}[${at}]`;
  if (!isSeq(steps)) throw wrong(place(0), 'the definition has no list `steps`');
  edits.forEach((edit, at) => applyOne(document, steps as YAMLSeq<StepNode>, edit, place(at)));
  return document.toString({ lineWidth: 0 });
}

function applyOne(document: Document, steps: YAMLSeq<StepNode>, edit: StepEdit, at: string): void {
  switch (edit.op) {
    case 'INSERT':
      return insert(document, steps, edit, at);
    case 'UPDATE': {
      const step = stepOf(steps, nameOf(edit.step['key']), at);
      for (const [name, value] of Object.entries(edit.step)) {
        if (name === 'key') continue;
        if (value === null) step.delete(name);
        else step.set(name, document.createNode(value));
      }
      return;
    }
    case 'DELETE':
      return remove(document, steps, edit, at);
  }
}

function insert(
  document: Document,
  steps: YAMLSeq<StepNode>,
  { step, after, before, rewire }: Extract<StepEdit, { op: 'INSERT' }>,
  at: string,
): void {
  const key = nameOf(step['key']);
  if (find(steps, key) !== undefined) throw wrong(at, `there is a step "${key}" already`);
  const waitsFor = listOf(after);
  for (const name of waitsFor) stepOf(steps, name, at);
  const followers =
    before !== undefined
      ? listOf(before).map((name) => stepOf(steps, name, at))
      : rewire
        ? steps.items.filter((one) => !waitsFor.includes(keyOf(one)) && waitsForAny(one, waitsFor))
        : [];
  const dependencies = [...new Set([...namesOf(step['dependencies']), ...waitsFor])];
  const written = { ...step, ...(dependencies.length === 0 ? {} : { dependencies }) };
  for (const follower of followers) {
    const kept = dependenciesOf(follower).filter((name) => !rewire || !waitsFor.includes(name));
    setDependencies(document, follower, [...kept, key]);
  }
  const place = Math.max(-1, ...waitsFor.map((name) => steps.items.indexOf(stepOf(steps, name, at)))) + 1;
  const node = document.createNode(written) as StepNode;
  steps.items.splice(waitsFor.length === 0 ? steps.items.length : place, 0, node);
}

const waitsForAny = (step: StepNode, names: readonly string[]): boolean =>
  dependenciesOf(step).some((name) => names.includes(name));

function remove(
  document: Document,
  steps: YAMLSeq<StepNode>,
  { step: key, rewire }: Extract<StepEdit, { op: 'DELETE' }>,
  at: string,
): void {
  const step = stepOf(steps, key, at);
  const waitedFor = dependenciesOf(step);
  steps.items.splice(steps.items.indexOf(step), 1);
  if (!rewire) return;
  for (const follower of steps.items) {
    const names = dependenciesOf(follower);
    if (!names.includes(key)) continue;
    const next = names.flatMap((name) => (name === key ? waitedFor : [name]));
    setDependencies(document, follower, [...new Set(next)]);
  }
}

function setDependencies(document: Document, step: StepNode, names: readonly string[]): void {
  if (names.length === 0) step.delete('dependencies');
  else step.set('dependencies', document.createNode([...names], { flow: true }));
}

function dependenciesOf(step: StepNode): readonly string[] {
  const written: unknown = step.get('dependencies');
  return isSeq(written) ? namesOf(written.toJSON()) : namesOf(written);
}

/** One name, or a list of them; what is none is for the compiler to judge. */
function namesOf(written: unknown): readonly string[] {
  return (Array.isArray(written) ? (written as unknown[]) : [written])
    .map(nameOf)
    .filter((name) => name !== '');
}

const nameOf = (written: unknown): string => (typeof written === 'string' ? written : '');

function stepOf(steps: YAMLSeq<StepNode>, key: string, at: string): StepNode {
  const found = find(steps, key);
  if (found !== undefined) return found;
  const known = steps.items.map(keyOf).slice(0, 20).join(', ');
  throw wrong(at, `there is no step "${key}"; steps: ${known}`);
}

const find = (steps: YAMLSeq<StepNode>, key: string): StepNode | undefined =>
  steps.items.find((step) => keyOf(step) === key);

const keyOf = (step: unknown): string => (isMap(step) ? nameOf(step.get('key')) : '');

const listOf = (names: string | readonly string[] | undefined): readonly string[] =>
  names === undefined ? [] : typeof names === 'string' ? [names] : names;

function wrong(path: string, why: string): InvalidError {
  return new InvalidError('edit_invalid', `${path}: ${why}.`, [{ path, code: 'edit_invalid', message: why }]);
}
