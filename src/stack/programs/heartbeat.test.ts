import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATIENCE_TICKS, START_TICKS, watchHeartbeat } from './heartbeat.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('watchHeartbeat', () => {
  it('tells once of a program that has gone silent', () => {
    const silences: number[] = [];
    const heartbeat = watchHeartbeat((seconds) => silences.push(seconds));
    heartbeat.hear('ready');
    for (let second = 0; second < 30; second++) {
      heartbeat.hear('beat');
      vi.advanceTimersByTime(1_000);
    }
    expect(silences).toEqual([]);
    vi.advanceTimersByTime(60_000);
    expect(silences).toEqual([PATIENCE_TICKS]);
  });

  it('gives a program time to start, but not for ever', () => {
    const silences: number[] = [];
    watchHeartbeat((seconds) => silences.push(seconds)).hear('beat');
    vi.advanceTimersByTime((START_TICKS - 1) * 1_000);
    expect(silences).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(silences).toEqual([START_TICKS]);
  });

  it('counts no time in which this process did not run either', () => {
    const silences: number[] = [];
    const heartbeat = watchHeartbeat((seconds) => silences.push(seconds));
    heartbeat.hear('ready');
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(2_000);
    expect(silences).toEqual([]);
    heartbeat.stop();
  });
});
