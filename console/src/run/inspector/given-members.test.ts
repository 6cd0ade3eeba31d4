import { describe, expect, it } from 'vitest';
import { membersOf } from './given-members.ts';

describe('what a step was given', () => {
  it('begins with what people look for, and leaves out what says nothing', () => {
    const given = { temperature: null, tools: [], models: ['a/b'], prompt: 'Do it', outputSchema: {} };
    expect(membersOf({ kind: 'agent', given, system: 'You are careful.' })).toEqual([
      ['prompt', 'Do it'],
      ['models', ['a/b']],
      ['system', 'You are careful.'],
    ]);
  });

  it('is the value itself of a transform, whatever that looks like', () => {
    expect(membersOf({ kind: 'transform', given: { prompt: null }, system: null })).toEqual([
      ['value', { prompt: null }],
    ]);
    expect(membersOf({ kind: 'transform', given: null, system: null })).toEqual([['value', null]]);
  });
});
