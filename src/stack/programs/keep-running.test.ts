import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChildExit } from './child-process.ts';
import { keepRunning, pauseAfter, type Running } from './keep-running.ts';

const ended = (code: number): ChildExit => ({ code, signal: null, error: null });

/** Something that runs until it is told to end. */
function life() {
  let end: (how: ChildExit) => void = () => undefined;
  const exited = new Promise<ChildExit>((resolve) => (end = resolve));
  const stops: number[] = [];
  const running: Running = {
    exited,
    stop: async (graceMs) => {
      stops.push(graceMs);
      end(ended(0));
    },
  };
  return { running, stops, die: (code: number) => end(ended(code)) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('pauseAfter', () => {
  it('grows from half a second to half a minute', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 20].map(pauseAfter)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
  });
});

describe('keepRunning', () => {
  it('starts again what ended, after a pause, and says so', async () => {
    const lives = [life(), life()];
    const said: string[] = [];
    let started = 0;
    const kept = keepRunning({
      name: 'worker',
      start: async () => (lives[started++] ?? life()).running,
      report: (line) => said.push(line),
    });
    await vi.advanceTimersByTimeAsync(0);
    lives[0]?.die(7);
    await vi.advanceTimersByTimeAsync(499);
    expect([started, said]).toEqual([1, ['worker ended (exit code 7); starting it again in 0.5 s']]);
    await vi.advanceTimersByTimeAsync(1);
    expect([started, kept.restarts()]).toEqual([2, 1]);
    await kept.stop(100);
    expect(lives[1]?.stops).toEqual([100]);
  });

  it('counts a start that throws as an end', async () => {
    const said: string[] = [];
    const start = vi.fn<() => Promise<Running>>().mockRejectedValueOnce(new Error('no room'));
    start.mockResolvedValue(life().running);
    const kept = keepRunning({ name: 'api', start, report: (line) => said.push(line) });
    await vi.advanceTimersByTimeAsync(500);
    expect(start).toHaveBeenCalledTimes(2);
    expect(said).toEqual(['api ended (no room); starting it again in 0.5 s']);
    await kept.stop(0);
  });

  it('pauses briefly again after a long life', async () => {
    const said: string[] = [];
    let current = life();
    const start = async () => (current = life()).running;
    const kept = keepRunning({ name: 'api', start, report: (line) => said.push(line) });
    for (const age of [0, 0, 61_000]) {
      await vi.advanceTimersByTimeAsync(age);
      current.die(1);
      await vi.advanceTimersByTimeAsync(5_000);
    }
    expect(said.map((line) => /again in (.*) s/.exec(line)?.[1])).toEqual(['0.5', '1', '0.5']);
    await kept.stop(0);
  });

  it('does not start again after a stop, also during a pause', async () => {
    const first = life();
    const start = vi.fn<() => Promise<Running>>(async () => life().running);
    const kept = keepRunning({ name: 'api', start, first: first.running, report: () => undefined });
    first.die(1);
    await vi.advanceTimersByTimeAsync(100);
    await kept.stop(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(start).not.toHaveBeenCalled();
  });

  it('lets what ends by itself end, once retired', async () => {
    const first = life();
    const said: string[] = [];
    const start = vi.fn<() => Promise<Running>>(async () => life().running);
    const kept = keepRunning({ name: 'api', start, first: first.running, report: (line) => said.push(line) });
    kept.retire();
    first.die(0);
    await kept.stop(0);
    expect([start.mock.calls.length, said]).toEqual([0, []]);
  });

  it('stops what comes up while it is being stopped', async () => {
    const late = life();
    let arrive: (running: Running) => void = () => undefined;
    const start = () => new Promise<Running>((resolve) => (arrive = resolve));
    const kept = keepRunning({ name: 'api', start, report: () => undefined });
    const stopped = kept.stop(1_000);
    arrive(late.running);
    await stopped;
    expect(late.stops).toEqual([0]);
  });
});
