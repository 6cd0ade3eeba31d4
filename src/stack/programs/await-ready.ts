/**
 * Waiting for what starts on this machine. How long that takes is for the machine to say, which may be slow or busy: what
 * runs is waited for, for minutes, and told of meanwhile. What has no more chance to come is not.
 */
import { messageOf } from '../../errors/errors.ts';
import { rootCause } from '../../errors/root-cause.ts';
import type { Report } from '../report.ts';

/** Whatever has not begun its work within that hangs. */
export const START_MS = 5 * 60_000;
const TELL_MS = 15_000;

export interface Awaited {
  /** For people. */
  readonly name: string;
  /** Throws while it is not ready. */
  readonly look: () => Promise<void>;
  /** Why it will not come any more; undefined while it may. */
  readonly lost: () => string | undefined;
  readonly everyMs: number;
  readonly report: Report;
}

/** Answers undefined when it is ready, else why it is not. */
export async function awaitReady({
  name,
  look,
  lost,
  everyMs,
  report,
}: Awaited): Promise<string | undefined> {
  const began = performance.now();
  for (let told = 0; ;) {
    const gone = lost();
    if (gone !== undefined) return gone;
    const reason = await refusal(look);
    // It may have ended while it was looked at.
    if (reason === undefined) return lost();
    const waited = performance.now() - began;
    if (waited > START_MS) return `no answer within ${START_MS / 60_000} minutes (${reason})`;
    if (waited > (told + 1) * TELL_MS) {
      told = Math.floor(waited / TELL_MS);
      report(`waiting for ${name} for ${Math.round(waited / 1_000)} s now (${reason})`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function refusal(look: () => Promise<void>): Promise<string | undefined> {
  try {
    await look();
    return undefined;
  } catch (error) {
    return messageOf(rootCause(error));
  }
}
