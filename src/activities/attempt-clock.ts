/**
 * What ends an attempt early: a cancel, the worker's shutdown, or its own deadline just before Temporal's.
 *
 * While the clock runs the activity heartbeats: that is how Temporal knows the worker lives, and the only way in which
 * a cancel gets here.
 */
import type { Context } from '@temporalio/activity';
import type { HeartbeatDetails } from '../protocol/activity.ts';
import { StepFailure } from './step-failure.ts';

/**
 * A cancel waits for the next beat and its answer: half a second, where nothing is overloaded. Each beat is a write of
 * the server: 100 activities took a third of a processor of a dev server, and a sixth at one beat a second.
 */
const HEARTBEAT_MS = 400;
/** How long before Temporal's own timeout the attempt ends itself, so that its own failure is what is recorded. */
const MARGIN_MS = 500;

export interface AttemptClock {
  /** Aborted by any of the three; its reason is what the attempt then ends with. */
  readonly signal: AbortSignal;
  /** Has the next heartbeats say what it waits for; null: nothing. */
  readonly tell: (wait: HeartbeatDetails | null) => void;
  readonly stop: () => void;
}

/** Starts heartbeat and deadline; `stop` must be called in any case. */
export function startClock(context: Context, timeoutMs: number): AttemptClock {
  const deadline = new AbortController();
  const limitMs = ownLimit(timeoutMs, context.info.startToCloseTimeoutMs);
  const failure = () =>
    new StepFailure('timeout', `The attempt took longer than its timeout of ${timeoutMs} ms.`);
  const alarm = setTimeout(() => deadline.abort(failure()), limitMs);
  let told: HeartbeatDetails | undefined;
  const beat = setInterval(() => context.heartbeat(told), beatEvery(context.info.heartbeatTimeoutMs));
  return {
    signal: AbortSignal.any([context.cancellationSignal, deadline.signal]),
    tell: (wait) => (told = wait ?? undefined),
    stop: () => {
      clearTimeout(alarm);
      clearInterval(beat);
    },
  };
}

function ownLimit(timeoutMs: number, startToCloseMs: number): number {
  if (startToCloseMs <= 0) return timeoutMs;
  const margin = Math.min(MARGIN_MS, startToCloseMs / 10);
  // setTimeout cannot wait longer than 2^31 ms.
  return Math.min(timeoutMs, startToCloseMs - margin, 2 ** 31 - 1);
}

function beatEvery(heartbeatTimeoutMs: number | undefined): number {
  return heartbeatTimeoutMs === undefined || heartbeatTimeoutMs <= 0
    ? HEARTBEAT_MS
    : Math.min(HEARTBEAT_MS, heartbeatTimeoutMs / 3);
}
