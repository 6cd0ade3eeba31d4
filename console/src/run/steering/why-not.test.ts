import { describe, expect, it } from 'vitest';
import { RUN_ACTIONS, STEP_ACTIONS, whyNotRun, whyNotStep } from './why-not.ts';

const run = {
  status: 'running',
  is_paused: false,
  temporal_pause: null,
  cancel_requested_at: null,
  imported: null,
  archived_at: null,
} as const;
const step = { status: 'pending', kind: 'agent', held: null, attempt: 0, session_id: null } as const;
const allowed = (of: typeof run | object) =>
  RUN_ACTIONS.filter((action) => whyNotRun(action, { ...run, ...of } as typeof run, undefined) === undefined);
const possible = (of: object) =>
  STEP_ACTIONS.filter(
    (action) => whyNotStep(action, run, { ...step, ...of } as typeof step, undefined) === undefined,
  );

describe('what can be done with a run', () => {
  it('follows from how it stands', () => {
    expect(allowed({})).toEqual([
      'pause',
      'cancel',
      'redirect',
      'limits',
      'edit',
      'message',
      'rerun',
      'fork',
    ]);
    expect(allowed({ is_paused: true })).toContain('resume');
    expect(allowed({ is_paused: true })).not.toContain('pause');
    expect(allowed({ status: 'failed' })).toEqual(['continue', 'rerun', 'fork']);
    expect(allowed({ cancel_requested_at: '2026-11-28T10:00:00Z' })).not.toContain('cancel');
  });

  it('is nothing in the past, and in runs of others', () => {
    expect(RUN_ACTIONS.map((action) => whyNotRun(action, run, 12))).not.toContain(undefined);
    expect(allowed({ imported: { from: 'key', at: '2026-11-28T10:00:00Z' } })).toEqual([]);
  });
});

describe('what can be done with a step', () => {
  it.each([
    [{}, ['skip', 'hold', 'limits', 'compact']],
    [
      { held: { by: 'Ana', reason: null, at: '2026-11-28T10:00:00Z' } },
      ['skip', 'release', 'limits', 'compact'],
    ],
    [{ status: 'retrying', kind: 'http' }, ['skip', 'retry', 'stop-retrying', 'hold']],
    [{ status: 'running', kind: 'http' }, []],
    [{ status: 'completed', kind: 'http' }, ['override', 'rerun']],
  ])('%o: %o', (of, actions) => {
    expect(possible(of)).toEqual(actions);
  });
});
