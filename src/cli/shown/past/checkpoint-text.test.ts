import { expect, it } from 'vitest';
import type { Checkpoint } from '../../../contract/checkpoint.ts';
import { checkpointText, checkpointsText, previewText } from './checkpoint-text.ts';

const ONE: Checkpoint = {
  run_id: 'run-1',
  number: 3,
  epoch: 0,
  reason: 'step',
  label: null,
  parent: 2,
  at: '2026-11-27T10:00:00.000Z',
  seq: 42,
  settled: ['build'],
  steps_settled: 2,
  turns: 4,
  total_tokens: 1_200,
  cost_estimate: 1_500,
  workspace_commit: '0123456789abcdef0123456789abcdef01234567',
  execution: { run_id: 'execution-1', event_id: 30 },
};
const NAMED: Checkpoint = { ...ONE, number: 4, reason: 'label', label: 'before the migration', settled: [] };

it('lists checkpoints with what people know them by', () => {
  const [head = '', named = '', one = ''] = checkpointsText([NAMED, ONE], 120).split('\n');
  expect(head).toMatch(/^CHECKPOINT +AT +EPOCH +REASON +SETTLED +COST +WHAT$/);
  expect(named).toMatch(/^cp-4 .* label +2 +\$0\.0015 +"before the migration"$/);
  expect(one).toMatch(/^cp-3 .* step +2 +\$0\.0015 +build$/);
  const many = { ...ONE, settled: Array.from({ length: 9 }, (_, i) => `s${i}`) };
  expect(checkpointsText([many], 120)).toContain('s0, s1, s2, s3, s4, … (9)');
  expect(checkpointsText([])).toBe('no checkpoint yet: no step has settled');
});

it('tells what has changed since the parent', () => {
  const steps = [{ key: 'build', from: 'running', to: 'completed', attempt: 1 }];
  const changes = { since: 2, steps, turns: 1, total_tokens: 20, cost_estimate: null, messages: [7] };
  const takes_along = { results: 2, result_bytes: 40, state_bytes: 900 };
  const text = checkpointText({ ...ONE, changes, takes_along });
  expect(text).toContain('a fork would take along 2 results (40 bytes), state 900 bytes');
  expect(text).toContain('cp-3 of run-1, after cp-2: build');
  expect(text).toContain('since then 1 turn, 20 tokens, cost unknown');
  expect(text).toContain('messages 7');
  expect(text).toContain('files of the workspace: snapshot 0123456789abcdef');
  expect(text).toMatch(/build +running +completed +1/);
  expect(checkpointText({ ...ONE, takes_along, changes: { ...changes, since: 1 } })).toContain(
    'since cp-1 1 turn',
  );
});

it('tells what a restore would do, and nothing of what it would not', () => {
  const message = { seq: 12, action: 'instruction', author: 'ann', content: 'Be brief', unread: true };
  const preview = {
    checkpoint: ONE,
    kept: ['fetch'],
    runs_again: ['build'],
    dropped: [],
    given: [],
    inputs: [],
    plan: null,
    files: { what: 'back', commit: ONE.workspace_commit, kept: false, run: null, why_not: null } as const,
    may_repeat: ['build'],
  };
  expect(previewText({ ...preview, messages: [message] }).split('\n')).toEqual([
    'stays as it is: fetch',
    'runs again: build',
    'may have its effects twice: build',
    'files of the workspace: those of snapshot 0123456, from its own worker only',
    'message 12 by ann, instruction: Be brief (nobody has read it: name it with --drop to let it go)',
  ]);
});
