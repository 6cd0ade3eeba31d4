/** What a paused run waits for, and where one comes from and goes on, for people. */
import type { ToldRun } from '../client/told-run.ts';
import { clockText, timeText, zoneName } from '../terminal/local-time.ts';
import { counted, formatDuration } from '../terminal/style.ts';

/**
 * `pausing after_turn, 1 of 3 steps drained, by ann: lunch; resumes at 12:30:00 CET (in 12 min 0 s)`.
 *
 * @param now undefined: the time that is left is not told
 */
export function pauseText(run: ToldRun, now?: number): string {
  const { pause, pause_reason: reason } = run;
  if (pause === null) return 'paused';
  const { mode, by, busy, drained, ends_at: end, on_timeout: then } = pause;
  const isHolding = drained >= busy;
  const progress = busy === 0 ? '' : `, ${drained} of ${counted(busy, 'step')} drained`;
  const from = by === null ? '' : `, by ${by}`;
  const why = reason === null ? '' : `: ${reason}`;
  const ends = end === null ? '; until somebody resumes it' : `; ${endText(then, end, now)}`;
  return `${isHolding ? 'paused' : 'pausing'} ${mode}${progress}${from}${why}${ends}`;
}

function endText(then: string, end: string, now?: number): string {
  const left = now === undefined ? 0 : Date.parse(end) - now;
  const remaining = left > 0 ? ` (in ${formatDuration(left)})` : '';
  // Without a look at the clock nobody knows what today is.
  const at = now === undefined ? `${clockText(end)} ${zoneName(new Date(end))}` : timeText(end, now);
  return `${then === 'cancel' ? 'is cancelled' : 'resumes'} at ${at}${remaining}`;
}

/** `paused in Temporal by ann: look; it decides nothing meanwhile, clocks go on: baton resume RUN`; null when it is not. */
export function holdText({ id, temporal_pause: hold }: ToldRun): string | null {
  if (hold == null) return null;
  const by = hold.by === null ? '' : ` by ${hold.by}`;
  const why = hold.reason === null ? '' : `: ${hold.reason}`;
  const since = ` since ${clockText(hold.since)} ${zoneName(new Date(hold.since))}`;
  return `paused in Temporal${by}${since}${why}; it decides and reads nothing, clocks go on: baton resume ${id}`;
}

/** Where the run comes from, and where it goes on. */
export function lineageTexts({ lineage, forks = [] }: Pick<ToldRun, 'lineage' | 'forks'>): string[] {
  const { redirected_to: to, redirected_from: from, taken_over: kept = [], rerun_of: former } = lineage;
  const { forked_from: origin } = lineage;
  const results = kept.length === 0 ? '' : `, with the results of ${kept.join(', ')}`;
  return [
    ...(former === undefined ? [] : [`repeats run ${former}`]),
    ...(origin === undefined ? [] : [`forked from cp-${origin.checkpoint} of run ${origin.run}`]),
    ...forks.map(({ run, checkpoint }) => `run ${run} was forked from its cp-${checkpoint}`),
    ...(from === undefined ? [] : [`redirected from run ${from}${results}`]),
    ...(to === undefined ? [] : [`redirected to run ${to}: baton watch ${to}`]),
  ];
}
