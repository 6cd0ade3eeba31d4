/**
 * A long history makes room for a new execution.
 *
 *     running ──(history is long, something is open)──▶ draining ──(nothing is open)──▶ continued as new
 *        ▲                                                  │
 *        └───────────(it took too long; not again for a while)
 *
 * While it drains nothing new starts. Beyond the hard limit it is not given up, however long that takes. A state that no
 * execution could begin with makes no room: its run goes on where it is.
 */
import type { Plan } from '../../../plan/plan.ts';
import { change, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { nextExecution } from './carry.ts';

/** Beyond this many events nothing new starts until the execution has continued as new. */
const HARD_EVENTS = 10_000;
/** How long a drain may hold back new steps, in ms, before it is given up for a while. */
const DRAIN_MS = 10_000;
/** After a drain was given up: events until the next. */
const DRAIN_EVERY_EVENTS = 1_000;

export function mayContinueAsNew(draft: Draft): boolean {
  return historyIsLong(draft) && Object.keys(draft.open).length === 0;
}

/** Holds new steps back so that the open ones run out, but not for long, since one of them may take hours. */
export function considerDrain(draft: Draft, plan: Plan): void {
  if (!historyIsLong(draft) || draft.state.drain !== null || Object.keys(draft.open).length === 0) return;
  if (draft.at.historyLength < draft.state.nextDrainAt) return;
  if (nextExecution(draft, plan) === null) return giveUpDrain(draft);
  const hard = draft.at.historyLength >= HARD_EVENTS;
  change(draft, { drain: hard ? 'hard' : startTimer(draft, 'drain', DRAIN_MS, 'continue as new') });
}

export function giveUpDrain(draft: Draft): void {
  change(draft, { drain: null, nextDrainAt: draft.at.historyLength + DRAIN_EVERY_EVENTS });
}

function historyIsLong({ at }: Draft): boolean {
  return at.continueSuggested || at.historyLength >= HARD_EVENTS;
}
