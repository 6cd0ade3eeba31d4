import { expect, it } from 'vitest';
import { namesIn } from './names.ts';

it('are found in a text that is not whole', () => {
  const text = `name: w
inputs:
  # what it is about
  topic: string
  depth:
    type: integer

agents:
  careful: { purpose: Looks twice }
steps:
  - key: first
    agent: careful
  - { key: second-one, wait: 1s }
  - key:
`;
  expect(namesIn(text, undefined)).toEqual({
    steps: ['first', 'second-one'],
    inputs: ['topic', 'depth'],
    agents: ['careful'],
  });
});

it('are found on one line, and added to those of the last text that was whole', () => {
  const outline = {
    name: 'w',
    version: '1',
    steps: [],
    inputs: { a: {} as never, c: {} as never },
    agents: ['plan'],
  };
  expect(namesIn('inputs: { a: string, b: { type: any } }', outline)).toEqual({
    steps: [],
    inputs: ['a', 'b', 'c'],
    agents: ['plan'],
  });
});
