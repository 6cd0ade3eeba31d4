import { describe, expect, it } from 'vitest';
import { knownHere, merged, type Outline, type Verdict } from './verdict.ts';

const outline: Outline = { name: 'w', version: '1', steps: [], inputs: {}, agents: [] };
const problem = (code: string) => ({ line: 1, column: 1, code, message: code });
const verdict = (members: Partial<Verdict> = {}): Verdict => ({
  text: 'a',
  errors: [],
  warnings: [],
  outline: null,
  by: 'here',
  ...members,
});

describe('verdicts', () => {
  it('of this page say nothing of agents that may stand in files', () => {
    const errors = [problem('agent_unknown'), problem('field_unknown')];
    expect(knownHere(verdict({ errors })).errors).toEqual([problem('field_unknown')]);
  });

  it('of the API are the last word, and keep the outline', () => {
    const here = verdict({ outline });
    const api = verdict({ by: 'api', errors: [problem('agent_unknown')] });
    expect(merged(here, api)).toEqual({ ...api, outline });
    expect(merged(api, here)).toEqual({ ...api, outline });
  });

  it('of another text begin anew', () => {
    const next = verdict({ text: 'b' });
    expect(merged(verdict({ by: 'api', outline }), next)).toBe(next);
  });
});
