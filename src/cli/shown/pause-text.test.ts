import { describe, expect, it } from 'vitest';
import type { ToldRun } from '../client/told-run.ts';
import { holdText, lineageTexts, pauseText } from './pause-text.ts';

const NOW = Date.parse('2026-11-21T03:00:00Z');
const PAUSE = {
  mode: 'after_step',
  by: null,
  busy: 0,
  drained: 0,
  ends_at: null,
  on_timeout: 'resume',
};
const paused = (pause: Partial<NonNullable<ToldRun['pause']>>, reason: string | null = null): ToldRun =>
  ({ is_paused: true, pause_reason: reason, pause: { ...PAUSE, ...pause } }) as ToldRun;

describe('a pause', () => {
  it.each<[string, ToldRun]>([
    ['paused after_step; until somebody resumes it', paused({})],
    [
      'paused now, 1 of 1 step drained; until somebody resumes it',
      paused({ mode: 'now', busy: 1, drained: 1 }),
    ],
    [
      'pausing after_turn, 1 of 3 steps drained, by ann: lunch; resumes at 03:30:00 UTC (in 30 min 0 s)',
      paused(
        { mode: 'after_turn', busy: 3, drained: 1, by: 'ann', ends_at: '2026-11-21T03:30:00Z' },
        'lunch',
      ),
    ],
    [
      'paused after_step; is cancelled at 02:59:00 UTC',
      paused({ ends_at: '2026-11-21T02:59:00Z', on_timeout: 'cancel' }),
    ],
    ['paused', { pause: null } as ToldRun],
  ])('reads "%s"', (text, run) => {
    expect(pauseText(run, NOW)).toBe(text);
  });

  it('is told without the time that is left where nobody counts', () => {
    expect(pauseText(paused({ ends_at: '2026-11-21T03:30:00Z' }))).toMatch(/resumes at 03:30:00 UTC$/);
  });
});

describe('a pause in Temporal', () => {
  it('says who, since when, why, and how it is taken back', () => {
    const held = (by: string | null, reason: string | null) =>
      ({ id: 'r1', temporal_pause: { by, reason, since: '2026-11-21T03:10:00.000Z' } }) as ToldRun;
    expect(holdText(held('ann', 'audit'))).toBe(
      'paused in Temporal by ann since 03:10:00 UTC: audit; it decides and reads nothing, clocks go on: baton resume r1',
    );
    expect(holdText(held(null, null))).toMatch(/^paused in Temporal since 03:10:00 UTC; it decides/);
    expect(holdText({ temporal_pause: null } as ToldRun)).toBeNull();
  });
});

describe('a lineage', () => {
  it('says where a run goes on, and where it comes from', () => {
    expect(lineageTexts({ lineage: {} })).toEqual([]);
    const lineage = { redirected_to: 'run-3', redirected_from: 'run-1', taken_over: ['plan', 'code'] };
    expect(lineageTexts({ lineage })).toEqual([
      'redirected from run run-1, with the results of plan, code',
      'redirected to run run-3: baton watch run-3',
    ]);
  });
});
