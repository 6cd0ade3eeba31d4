/**
 * Stopping an activity whose step goes on: for a pause `now`, or for a message that is to be heard at once.
 *
 * While it is stopping it counts as open. What it says at its end tells what becomes of its step.
 */
import type { AbortReason } from '../kernel/state.ts';
import { cancelActivity, change } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';

/** Signals are taken before anything is scheduled in a task, so that what is stopped has always been sent. */
export function abortActivity(draft: Draft, id: string, why: AbortReason): void {
  const { aborting } = draft.state;
  if (Object.hasOwn(aborting, id)) return;
  change(draft, { aborting: { ...aborting, [id]: why } });
  cancelActivity(draft, id);
}

/** The activity has ended, one way or another; answers why it had been asked to stop, or null. */
export function takeAborted(draft: Draft, id: string): AbortReason | null {
  const { aborting } = draft.state;
  if (!Object.hasOwn(aborting, id)) return null;
  const { [id]: why, ...others } = aborting;
  change(draft, { aborting: others });
  return why ?? null;
}
