/** Waits for a run by looking at it now and then: an answer of a tool is one piece, and clients wait a minute at most. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunNow } from '../../contract/run.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { Call } from '../tool.ts';

/** Clients give a call up after a minute unless told. */
export const MOST_SECONDS = 50;

const FIRST_MS = 250;
const MOST_MS = 2_000;

/** What somebody has to do, or to lift. */
const PEOPLE: ReadonlySet<string> = new Set(['question', 'limit', 'pause', 'temporal_pause', 'held']);

/** The run when it has ended or waits for somebody, at the latest after so many seconds. @throws Refusal */
export async function awaitRun(call: Call<'getRun'>, id: string, seconds: number): Promise<RunNow> {
  const until = performance.now() + seconds * 1_000;
  for (let pause = FIRST_MS; ; pause = Math.min(pause * 2, MOST_MS)) {
    const run = await call.ask<RunNow>('getRun', { params: { id } });
    const left = until - performance.now();
    if (left <= 0 || isAtRest(run)) return run;
    await tell(call, run);
    await sleep(Math.min(pause, left), undefined, { signal: call.signal });
  }
}

function isAtRest(run: RunNow): boolean {
  return hasEnded(run) || run.waiting_for.some(({ kind }) => PEOPLE.has(kind));
}

async function tell(call: Call<'getRun'>, { progress, status }: RunNow): Promise<void> {
  if (progress === null) return;
  const at = progress.current.length === 0 ? status : `at ${progress.current.slice(0, 3).join(', ')}`;
  await call.progress(progress.settled, progress.total, at);
}
