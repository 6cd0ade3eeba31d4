import { expect, test } from 'vitest';
import type { Plan } from '../../plan/plan.ts';
import { compile, graphMermaid, graphText } from '../index.ts';

const TEXT = `name: w
version: 1.2.0
steps:
  - { key: a, transform: "1", parallel: false }
  - { key: long-name, title: 'Say "hi" <b>', agent: code, prompt: y, dependencies: [a] }
  - { key: c, wait: 1s, dependencies: [a, long-name], when: failed() }`;

const result = compile(TEXT);
if (!('plan' in result)) throw new Error('The definition is good.');
const plan: Plan = result.plan;

test('the text shows levels, kinds and what each step waits for', () => {
  expect(graphText(plan)).toBe(
    [
      'w 1.2.0 · 3 steps in 3 levels',
      '',
      'level 0',
      '  a          transform  alone',
      'level 1',
      '  long-name  agent      after a',
      'level 2',
      '  c          wait       after a, long-name  when status.failed',
    ].join('\n'),
  );
});

test('Mermaid gets ids of its own and no character with a meaning', () => {
  expect(graphMermaid(plan)).toBe(
    [
      'flowchart TD',
      '  s0("a")',
      '  s1["Say #34;hi#34; #60;b#62;"]',
      '  s2(("c"))',
      '  s0 --> s1',
      '  s0 -.-> s2',
      '  s1 -.-> s2',
    ].join('\n'),
  );
});
