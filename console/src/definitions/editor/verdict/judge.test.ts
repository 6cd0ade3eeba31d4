import { describe, expect, it } from 'vitest';
import { judge } from './judge.ts';

const text = (agent: string, more = '') =>
  `name: w\nversion: '1'\nsteps:\n  - key: a\n    agent: ${agent}\n    prompt: p\n${more}`;

describe('a text', () => {
  it('that is good has an outline', () => {
    const { errors, outline } = judge(text('review'), 'yaml');
    expect(errors).toEqual([]);
    expect(outline).toMatchObject({
      name: 'w',
      version: '1',
      steps: [{ key: 'a', kind: 'agent', level: 0 }],
    });
  });

  it('that names an agent of a file has one too, and what is wrong with the agent is for the API to say', () => {
    const { errors, outline } = judge(text('our-own'), 'yaml');
    expect(errors).toEqual([]);
    expect(outline?.steps).toHaveLength(1);
  });

  it('that has errors has none, and says where they stand', () => {
    const { errors, outline } = judge(text('our-own', '    nothing: 1\n'), 'yaml');
    expect(outline).toBeNull();
    expect(errors).toMatchObject([{ code: 'field_unknown', line: 7, column: 5 }]);
  });

  it('of JSON is read as JSON', () => {
    expect(judge('{"name": ', 'json').errors).toMatchObject([{ code: 'json_syntax' }]);
  });
});
