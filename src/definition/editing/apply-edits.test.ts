import { expect, test } from 'vitest';
import type { StepEdit } from '../../protocol/editing/step-edit.ts';
import { compile } from '../compile.ts';
import { applyEdits } from './apply-edits.ts';

const SOURCE = `# What we do
name: w
version: 1.0.0
steps:
  - { key: a, transform: '1' } # first
  - { key: b, dependencies: [a], transform: '2' }
  - { key: c, dependencies: [b], transform: '3' }
`;

const edit = (...edits: readonly StepEdit[]) => applyEdits(SOURCE, edits);

/** What each step waits for. */
function wiring(source: string): Record<string, readonly string[]> {
  const compiled = compile(source);
  if (!('plan' in compiled)) throw new Error(JSON.stringify(compiled.errors));
  return Object.fromEntries(compiled.plan.steps.map(({ key, dependencies }) => [key, dependencies]));
}

const NEW = { key: 'n', transform: '9' };

test('a step comes between others, or after one', () => {
  expect(wiring(edit({ op: 'INSERT', step: NEW, after: 'a', before: 'b' }))).toMatchObject({
    n: ['a'],
    b: ['a', 'n'],
  });
  expect(wiring(edit({ op: 'INSERT', step: NEW, after: 'a', before: ['b'], rewire: true }))).toMatchObject({
    n: ['a'],
    b: ['n'],
  });
  expect(wiring(edit({ op: 'INSERT', step: NEW, after: ['a', 'b'], rewire: true }))).toMatchObject({
    n: ['a', 'b'],
    c: ['n'],
  });
  expect(wiring(edit({ op: 'INSERT', step: NEW }))).toMatchObject({ n: [], c: ['b'] });
});

test('a step changes, or goes and leaves those after it to what it waited for', () => {
  const changed = edit({ op: 'UPDATE', step: { key: 'b', title: 'Second', dependencies: null } });
  expect(wiring(changed)).toMatchObject({ b: [] });
  expect(changed).toContain('title: Second');
  expect(wiring(edit({ op: 'DELETE', step: 'b', rewire: true }))).toEqual({ a: [], c: ['a'] });
});

test('what is not touched stays as its author wrote it', () => {
  const text = edit({ op: 'DELETE', step: 'c' }, { op: 'INSERT', step: NEW, after: 'b' });
  expect(text).toContain('# What we do\n');
  expect(text).toContain("{ key: a, transform: '1' } # first");
});

test('JSON is edited too', () => {
  const json = JSON.stringify({ name: 'w', version: '1.0.0', steps: [{ key: 'a', transform: '1' }] });
  expect(wiring(applyEdits(json, [{ op: 'INSERT', step: NEW, after: 'a' }]))).toEqual({
    a: [],
    n: ['a'],
  });
});

test.each<[StepEdit, RegExp]>([
  [{ op: 'INSERT', step: { key: 'a', transform: '1' } }, /^edits\[0\]: there is a step "a" already/],
  [{ op: 'INSERT', step: NEW, after: 'x' }, /there is no step "x"; steps: a, b, c/],
  [{ op: 'UPDATE', step: { key: 'x', title: 'X' } }, /there is no step "x"/],
  [{ op: 'DELETE', step: 'x' }, /there is no step "x"/],
])('%j is refused with its place', (wrong, message) => {
  expect(() => edit(wrong)).toThrow(message);
});
