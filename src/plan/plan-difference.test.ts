import { expect, it } from 'vitest';
import { compile } from '../definition/index.ts';
import { isSame, planDifference } from './plan-difference.ts';

function planOf(text: string) {
  const compiled = compile(text);
  if ('plan' in compiled) return compiled.plan;
  throw new Error(JSON.stringify(compiled.errors));
}

const FORMER = `
name: w
version: 1.0.0
inputs: { a: string, b: { type: integer, default: 1 } }
steps:
  - { key: one, transform: '{{ a }}' }
  - { key: two, dependencies: [one], transform: '{{ b }}' }
  - { key: old, transform: '1' }
`;

it('tells of steps and inputs that came, went and changed, and of nothing that follows from them', () => {
  const newer = FORMER.replace('1.0.0', '1.1.0')
    .replace('default: 1', 'default: 2')
    .replace('a: string', 'a: string, c: { type: string, default: x }')
    .replace("'{{ b }}'", "'{{ b + 1 }}', title: Second")
    .replace("{ key: old, transform: '1' }", '{ key: new, wait: 1s }')
    .concat('failure: finish\n');
  expect(planDifference(planOf(FORMER), planOf(newer))).toEqual({
    inputs: { added: ['c'], removed: [], changed: [{ name: 'b', members: ['default'] }] },
    steps: {
      added: ['new'],
      removed: ['old'],
      changed: [{ name: 'two', members: expect.arrayContaining(['title', 'value']) }],
    },
    changed: ['failure'],
  });
});

it('sees the same plan in other words', () => {
  const json = JSON.stringify({
    name: 'w',
    version: '2.0.0',
    steps: [
      { key: 'one', transform: '{{ a }}' },
      { key: 'two', dependencies: ['one'], transform: '{{ b }}' },
      { key: 'old', transform: '1' },
    ],
    inputs: { b: { default: 1, type: 'integer' }, a: 'string' },
  });
  expect(isSame(planDifference(planOf(FORMER), planOf(json)))).toBe(true);
});
