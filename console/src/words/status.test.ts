import { describe, expect, it } from 'vitest';
import type { RunNow } from '../api/generated.ts';
import { needsSomebody, runWords, stepWords } from './status.ts';

const NONE = {
  status: 'running',
  terminal_reason: null,
  is_paused: false,
  pause_reason: null,
  pause: null,
  temporal_pause: null,
  cancel_requested_at: null,
  error: null,
  metadata: {},
  lineage: {},
  waiting_for: [],
  progress: null,
};
const run = (members: object) => ({ ...NONE, ...members }) as unknown as RunNow;
const waiting = (kind: string, members: object = {}) =>
  run({ waiting_for: [{ kind, step: null, text: null, who: [], attempt: null, ...members }] });
const words = (one: RunNow, me = '') => {
  const { text, tone, sign } = runWords(one, me);
  return `${text} (${tone}, ${sign})`;
};

describe('a run', () => {
  it.each([
    [run({ status: 'pending' }), 'Starting (idle, waits)'],
    [run({}), 'Running (run, runs)'],
    [run({ status: 'completed' }), 'Completed (done, done)'],
    [run({ status: 'failed' }), 'Failed (fail, failed)'],
    [run({ status: 'failed', error: { step: 'build', message: 'no' } }), 'Failed at build (fail, failed)'],
    [run({ status: 'timed_out' }), 'Timed out (fail, failed)'],
    [run({ status: 'cancelled' }), 'Cancelled (idle, stopped)'],
    [run({ status: 'cancelled', metadata: { ended_by: { by: 'ana' } } }), 'Cancelled by ana (idle, stopped)'],
    [run({ status: 'cancelled', lineage: { redirected_to: 'other' } }), 'Redirected (idle, stopped)'],
    [
      run({ status: 'terminated', metadata: { ended_by: { by: 'ops' } } }),
      'Terminated by ops (idle, stopped)',
    ],
    [run({ cancel_requested_at: '2026-11-28T00:00:00Z' }), 'Cancelling (idle, stopped)'],
  ])('is told by how it stands: %#', (one, expected) => {
    expect(words(one)).toBe(expected);
  });

  const paused = { status: 'paused', is_paused: true };
  it('is paused once nothing is under way, and pausing before', () => {
    expect(words(run({ ...paused, pause: { by: 'ana', busy: 2, drained: 2 } }))).toBe(
      'Paused by ana (pause, pauses)',
    );
    const pausing = runWords(
      run({ ...paused, pause_reason: 'lunch', pause: { by: 'ana', busy: 3, drained: 1 } }),
    );
    expect(pausing).toMatchObject({
      text: 'Pausing for ana',
      more: 'lunch: 2 steps have yet to come to rest',
    });
    expect(words(run({ temporal_pause: { by: null, reason: null } }))).toBe(
      'Paused in Temporal (pause, pauses)',
    );
  });

  it.each([
    [waiting('question'), 'Needs you (need, asks)'],
    [waiting('question', { who: ['bob'] }), 'Needs bob (need, asks)'],
    [waiting('question', { who: ['bob', 'ana'] }), 'Needs bob or ana (need, asks)'],
    [waiting('question', { who: ['a', 'b', 'c'] }), 'Needs one of 3 people (need, asks)'],
    [waiting('limit'), 'Stopped at a limit (need, lacks)'],
    [waiting('retry', { attempt: 4 }), 'Retrying ×4 (need, retries)'],
    [waiting('worker', { text: 'No worker for gpu' }), 'No worker for gpu (need, lacks)'],
    [waiting('hang'), 'Stops its worker (fail, failed)'],
    [waiting('held', { who: ['ana'] }), 'Held by ana (pause, pauses)'],
  ])('is told by what it waits for: %#', (one, expected) => {
    expect(words(one)).toBe(expected);
  });

  it('needs you where you are among those who may answer', () => {
    expect(words(waiting('question', { who: ['bob', 'ana'] }), 'ana')).toBe('Needs you (need, asks)');
  });

  it('is at work while other steps are, though one is held', () => {
    const held = waiting('held', { who: ['ana'] });
    expect(words({ ...held, progress: { total: 3, settled: 1, active: 1, current: ['b'] } })).toBe(
      'Running (run, runs)',
    );
  });

  it('tells what is most pressing', () => {
    const both = run({ waiting_for: [...waiting('retry').waiting_for, ...waiting('question').waiting_for] });
    expect(words(both)).toBe('Needs you (need, asks)');
    expect(words(run({ status: 'failed', waiting_for: waiting('limit').waiting_for }))).toBe(
      'Stopped at a limit (need, lacks)',
    );
  });

  it.each([
    ['question', true],
    ['limit', true],
    ['worker', true],
    ['hang', true],
    ['retry', false],
    ['pause', false],
    ['temporal_pause', false],
    ['held', false],
  ])('that waits for %s needs somebody: %s', (kind, needs) => {
    expect(needsSomebody(waiting(kind).waiting_for)).toBe(needs);
  });
});

describe('a step', () => {
  const step = {
    status: 'pending',
    attempt: 1,
    held: null,
    waiting_for: null,
    error: null,
    reason: null,
    tolerated: false,
  } as const;
  it.each([
    [{}, 'Not started'],
    [{ status: 'running' }, 'Running'],
    [{ status: 'running', attempt: 3 }, 'Running, try 3'],
    [{ status: 'running', waiting_for: 'No worker for gpu' }, 'No worker for gpu'],
    [{ status: 'waiting' }, 'Needs somebody'],
    [{ status: 'retrying', attempt: 2 }, 'Retrying ×2'],
    [{ status: 'completed' }, 'Completed'],
    [{ status: 'failed' }, 'Failed'],
    [{ status: 'failed', tolerated: true }, 'Failed, went on'],
    [{ status: 'skipped' }, 'Skipped'],
    [{ status: 'cancelled' }, 'Cancelled'],
    [{ status: 'superseded' }, 'Superseded'],
    [{ held: { by: 'ana', reason: null, at: '' } }, 'Held by ana'],
  ])('is told by how it stands: %#', (members, text) => {
    expect(stepWords({ ...step, ...members } as Parameters<typeof stepWords>[0]).text).toBe(text);
  });
});
