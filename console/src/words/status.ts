/**
 * What is said of a run or a step in a few words that tell the truth: "Retrying ×4", "Needs you", "Paused by Ana", "No
 * worker for gpu". A tone goes with each, which picks colour and icon; the words alone say it too.
 */
import type { Run, RunNow, Step } from '../api/generated.ts';

export const TONES = ['idle', 'run', 'need', 'pause', 'done', 'fail'] as const;
export type Tone = (typeof TONES)[number];

/** Which picture goes with it; `parts/status-icon.tsx` draws them. */
export type Sign =
  | 'waits'
  | 'runs'
  | 'retries'
  | 'asks'
  | 'pauses'
  | 'done'
  | 'failed'
  | 'stopped'
  | 'skipped'
  | 'lacks';

export interface Words {
  readonly text: string;
  readonly tone: Tone;
  readonly sign: Sign;
  /** More of it, for a tooltip and for screen readers. */
  readonly more?: string;
}

type Waits = RunNow['waiting_for'][number];

type Shown = Run & Partial<Pick<RunNow, 'waiting_for' | 'progress'>>;

/** Of a run in a list (with `waiting_for`) or alone. @param me who looks; empty: nobody has said */
export function runWords(run: Shown, me = ''): Words {
  if (run.status === 'completed') return { text: 'Completed', tone: 'done', sign: 'done' };
  if (run.status === 'failed') return failedRun(run);
  if (run.status === 'cancelled') return redirected(run) ?? endedBy(run, 'Cancelled');
  if (run.status === 'terminated') return endedBy(run, 'Terminated');
  if (run.status === 'timed_out')
    return {
      text: 'Timed out',
      tone: 'fail',
      sign: 'failed',
      ...moreIf(run.error?.message ?? run.terminal_reason),
    };
  if (run.cancel_requested_at !== null) return { text: 'Cancelling', tone: 'idle', sign: 'stopped' };
  if (run.temporal_pause !== null)
    return pausedBy(run.temporal_pause.by, 'Paused in Temporal', run.temporal_pause.reason);
  if (run.is_paused) return pausing(run) ?? pausedBy(run.pause?.by ?? null, 'Paused', run.pause_reason);
  return waitingRun(run, me) ?? atWork(run);
}

/** Of a step. */
export function stepWords(
  step: Pick<Step, 'status' | 'attempt' | 'held' | 'waiting_for' | 'error' | 'reason' | 'tolerated'>,
): Words {
  const { status, attempt, held, waiting_for: lacks, error, reason, tolerated } = step;
  if (held !== null)
    return { text: held.by === null ? 'Held' : `Held by ${held.by}`, tone: 'pause', sign: 'pauses' };
  if (status === 'completed') return { text: 'Completed', tone: 'done', sign: 'done' };
  if (status === 'failed') {
    const text = tolerated ? 'Failed, went on' : 'Failed';
    return { text, tone: tolerated ? 'need' : 'fail', sign: 'failed', ...(error && { more: error.message }) };
  }
  if (status === 'retrying') {
    return {
      text: `Retrying ×${attempt}`,
      tone: 'need',
      sign: 'retries',
      ...(error && { more: error.message }),
    };
  }
  if (status === 'waiting') return { text: 'Needs somebody', tone: 'need', sign: 'asks' };
  if (status === 'running' && lacks !== null) return { text: lacks, tone: 'need', sign: 'lacks' };
  if (status === 'running')
    return { text: attempt > 1 ? `Running, try ${attempt}` : 'Running', tone: 'run', sign: 'runs' };
  const more = reason === null ? {} : { more: reason };
  if (status === 'skipped') return { text: 'Skipped', tone: 'idle', sign: 'skipped', ...more };
  if (status === 'cancelled') return { text: 'Cancelled', tone: 'idle', sign: 'stopped', ...more };
  if (status === 'superseded') return { text: 'Superseded', tone: 'idle', sign: 'skipped', ...more };
  return { text: 'Not started', tone: 'idle', sign: 'waits' };
}

/** Somebody has to do something, so that it goes on. */
export function needsSomebody(waits: readonly Waits[]): boolean {
  return waits.some(
    ({ kind }) =>
      kind === 'question' || kind === 'limit' || kind === 'hang' || kind === 'worker' || kind === 'node',
  );
}

function failedRun({ terminal_reason: reason, error, waiting_for: waits }: Shown): Words {
  const more = error === null ? {} : { more: error.message };
  if (waits?.some(({ kind }) => kind === 'limit') === true) {
    return { text: 'Stopped at a limit', tone: 'need', sign: 'lacks', ...more };
  }
  const text = error?.step == null ? 'Failed' : `Failed at ${error.step}`;
  return { text, tone: 'fail', sign: 'failed', more: error?.message ?? reason ?? text };
}

function endedBy({ metadata, terminal_reason: reason }: Run, text: string): Words {
  const by = metadata.ended_by?.by;
  const more = reason === null ? {} : { more: reason };
  return { text: by == null ? text : `${text} by ${by}`, tone: 'idle', sign: 'stopped', ...more };
}

function pausedBy(by: string | null, text: string, reason: string | null): Words {
  const more = reason === null ? {} : { more: reason };
  return { text: by === null ? text : `${text} by ${by}`, tone: 'pause', sign: 'pauses', ...more };
}

/** Another run has taken its place: that is how it was meant to end. */
function redirected({ lineage }: Run): Words | undefined {
  const { redirected_to: to } = lineage;
  return to === undefined
    ? undefined
    : { text: 'Redirected', tone: 'idle', sign: 'stopped', more: `to ${to}` };
}

/** Asked for, and not in force before what is under way has come to rest. */
function pausing({ pause, pause_reason: reason }: Run): Words | undefined {
  const busy = pause === null ? 0 : pause.busy - pause.drained;
  if (busy <= 0) return undefined;
  const left = `${busy} ${busy === 1 ? 'step has' : 'steps have'} yet to come to rest`;
  const text = pause?.by == null ? 'Pausing' : `Pausing for ${pause.by}`;
  return { text, tone: 'pause', sign: 'pauses', more: reason === null ? left : `${reason}: ${left}` };
}

/** What is most pressing comes first. */
function waitingRun({ waiting_for: waits = [], progress }: Shown, me: string): Words | undefined {
  const of = (kind: Waits['kind']) => waits.find((wait) => wait.kind === kind);
  const asked = of('question');
  if (asked !== undefined)
    return { text: needsWords(asked, me), tone: 'need', sign: 'asks', ...moreOf(asked) };
  const limit = of('limit');
  if (limit !== undefined)
    return { text: 'Stopped at a limit', tone: 'need', sign: 'lacks', ...moreOf(limit) };
  const hang = of('hang');
  if (hang !== undefined) return { text: 'Stops its worker', tone: 'fail', sign: 'failed', ...moreOf(hang) };
  const worker = of('worker');
  if (worker !== undefined) return { text: worker.text ?? 'No worker', tone: 'need', sign: 'lacks' };
  const node = of('node');
  if (node !== undefined) return { text: 'No node', tone: 'need', sign: 'lacks', ...moreOf(node) };
  const retry = of('retry');
  if (retry !== undefined) {
    return { text: `Retrying ×${retry.attempt ?? 1}`, tone: 'need', sign: 'retries', ...moreOf(retry) };
  }
  const held = of('held');
  // While other steps work, the run is no less at work.
  if (held !== undefined && (progress?.active ?? 0) === 0)
    return pausedBy(held.who[0] ?? null, 'Held', held.text);
  return undefined;
}

/** Whoever looks may answer unless others are named. */
function needsWords({ who }: Waits, me: string): string {
  if (who.length === 0 || who.includes(me)) return 'Needs you';
  return who.length <= 2 ? `Needs ${who.join(' or ')}` : `Needs one of ${who.length} people`;
}

function moreOf({ text }: Waits): { more?: string } {
  return moreIf(text);
}

function moreIf(more: string | null): { more?: string } {
  return more === null ? {} : { more };
}

function atWork({ status }: Run): Words {
  if (status === 'pending') return { text: 'Starting', tone: 'idle', sign: 'waits' };
  return { text: 'Running', tone: 'run', sign: 'runs' };
}
