import { expect, test } from 'vitest';
import { digestOfMessage } from './said.ts';
import type { CommandName, SignalMessage } from './signals.ts';

type Said = readonly [CommandName, SignalMessage];

test.each<[string, Said, Said]>([
  [
    'an id, and the order of members',
    ['pause', { id: 'a', by: 'x', reason: 'r' }],
    ['pause', { reason: 'r', by: 'x' }],
  ],
  ['content for reason', ['cancel', { reason: 'enough' }], ['cancel', { content: 'enough' }]],
  ['a default', ['pause', {}], ['pause', { mode: 'after_turn', on_timeout: 'resume' }]],
  [
    'another default',
    ['instruction', { content: 'c', delivery: 'next_turn' }],
    ['instruction', { content: 'c' }],
  ],
  ['the task of a redirect', ['redirect', { content: 't' }], ['redirect', { content: 't', task: 't' }]],
  ['members of values', ['answer', { answer: { a: 1, b: [2] } }], ['answer', { answer: { b: [2], a: 1 } }]],
  [
    'what nobody reads',
    ['comment', { content: 'c' }],
    ['comment', { content: 'c', note: 1 } as SignalMessage],
  ],
])('no difference: %s', (_, one, other) => {
  expect(digestOfMessage(...one)).toBe(digestOfMessage(...other));
});

test.each<[string, Said, Said]>([
  ['action', ['cancel', {}], ['pause', {}]],
  ['text', ['comment', { content: 'a' }], ['comment', { content: 'b' }]],
  ['author', ['comment', { by: 'a' }], ['comment', { by: 'b' }]],
  ['mode', ['pause', {}], ['pause', { mode: 'now' }]],
  ['time of a pause', ['pause', { timeout_ms: 1 }], ['pause', { timeout_ms: 2 }]],
  ['what happens then', ['pause', {}], ['pause', { on_timeout: 'cancel' }]],
  ['inputs of a redirect', ['redirect', { inputs: { a: 1 } }], ['redirect', { inputs: { a: 2 } }]],
  ['answer', ['answer', { answer: 'yes' }], ['answer', { answer: 'no' }]],
  ['an answer of null', ['answer', {}], ['answer', { answer: null }]],
  ['decision', ['answer', { decision: 'approve' }], ['answer', { decision: 'reject' }]],
  ['question', ['answer', { question: 'a' }], ['answer', { question: 'b' }]],
  ['target', ['instruction', { target: 'a' }], ['instruction', { target: 'b' }]],
])('a difference: %s', (_, one, other) => {
  expect(digestOfMessage(...one)).not.toBe(digestOfMessage(...other));
});

test('a value of any depth is told apart from none', () => {
  let answer: unknown = 0;
  for (let depth = 0; depth < 100_000; depth++) answer = [answer];
  const message = { answer } as SignalMessage;
  expect(digestOfMessage('answer', message)).not.toBe(digestOfMessage('answer', {}));
});
