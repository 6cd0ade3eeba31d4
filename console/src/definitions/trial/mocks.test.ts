import { describe, expect, it } from 'vitest';
import { mocksOf, recordingOf } from './mocks.ts';
import { played } from './played-draft.ts';

const TEXT = `
name: w
version: 1.0.0
inputs: { most: { type: integer, default: 5 } }
steps:
  - { key: count, agent: review, prompt: 'How many? {{ most }}' }
  - { key: small, transform: '{{ count.result }}', when: 'steps.count.result < inputs.most', dependencies: [count] }
  - { key: ship, ask: { prompt: 'Ship {{ small.result }}?', form: { type: boolean } }, dependencies: [small] }
outputs: { small: '{{ small.result }}' }
`;
const draft = { text: TEXT, format: 'yaml' } as const;
const tried = (mocks: Parameters<typeof recordingOf>[2], inputs = {}) => {
  const answer = played({ ...draft, mocks: recordingOf('w', inputs, mocks) });
  return 'played' in answer ? answer.played : null;
};

describe('a trial', () => {
  it('goes as the answers have it, and by the conditions of the draft', () => {
    const few = tried({
      count: { ends: 'completed', draft: '3' },
      ship: { ends: 'completed', draft: 'true' },
    });
    expect(few).toMatchObject({
      status: 'completed',
      statuses: { small: 'completed' },
      output: { small: 3 },
    });
    const many = tried({ count: { ends: 'completed', draft: '30' } });
    expect(many?.statuses).toMatchObject({ small: 'skipped' });
    expect(many?.reasons['small']).toContain('condition is false');
  });

  it('names what nobody has said, and fails where an answer is a failure', () => {
    expect(tried({})?.unknown).toContain('count');
    const failed = tried({ count: { ends: 'failed', draft: 'no model' } });
    expect(failed).toMatchObject({ status: 'failed', statuses: { count: 'failed' } });
    expect(failed?.reasons['count']).toContain('no model');
  });

  it('is none of a draft with errors', () => {
    expect(played({ text: 'name: 1', format: 'yaml', mocks: recordingOf('w', {}, {}) })).toEqual({
      played: null,
    });
  });

  it('begins with what a run has recorded of the steps that the draft has', () => {
    const recording = recordingOf('w', {}, { count: { ends: 'completed', draft: '{"a": 1}' } });
    expect(mocksOf(recording, new Set(['count']))).toEqual({
      count: { ends: 'completed', draft: '{\n  "a": 1\n}' },
    });
    expect(mocksOf(recording, new Set(['other']))).toEqual({});
  });
});
