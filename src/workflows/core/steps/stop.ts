/** Steps that are stopped because the run ends, or fails fast; and in whose words. */
import type { Address } from '../../../plan/address.ts';
import { cancelActivity, changeStep, hasOpenActivity, note, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { stepOfOwner } from '../kernel/owners.ts';
import { hasOpenScopes } from '../kernel/scope.ts';
import type { RunState } from '../kernel/state.ts';
import { since } from '../kernel/versions.ts';
import { withdrawQuestions } from './questions.ts';

/** Cancels what is not under way. Steps with an open activity are left to it, and those with open scopes to these. */
export function stopStep(draft: Draft, key: Address, reason: string): void {
  const { status } = stepOf(draft, key);
  const idle = status === 'running' && !hasOpenActivity(draft, key) && !hasOpenScopes(draft, key);
  if (idle || status === 'pending' || status === 'waiting' || status === 'retrying')
    settleCancelled(draft, key, reason);
}

/** Asks an activity to stop; a step of which nothing has even been sent is settled at once. */
export function stopActivity(draft: Draft, id: string, reason: string): void {
  const owner = draft.open[id];
  const key = owner === undefined ? null : stepOfOwner(owner);
  if (cancelActivity(draft, id) || key === null) return;
  if (!hasOpenActivity(draft, key)) settleCancelled(draft, key, reason);
}

export function settleCancelled(draft: Draft, key: Address, reason: string): void {
  const { attempt } = stepOf(draft, key);
  withdrawQuestions(draft, key);
  letGo(draft, key);
  changeStep(draft, key, { status: 'cancelled', completedAt: draft.at.now, reason });
  note(draft, { type: 'step_cancelled', step: key, attempt, reason });
}

/** Nobody holds the step any more. */
export function letGo(draft: Draft, key: Address): void {
  const { held, ...rest } = stepOf(draft, key);
  if (held !== undefined) draft.steps[key] = rest;
}

/** Why the run is being ended, and who wants it, for people. */
export function causeOfCancel(state: RunState): string {
  const { cancel, redirect } = state;
  const named = since(state, 'true_causes') && cancel?.by != null;
  const who = named ? ` by ${cancel.by}` : '';
  if (cancel?.terminal === 'error_timeout') return 'the run reached its timeout';
  if (redirect !== null) return `the run was redirected to ${redirect.to}${who}`;
  return `the run was cancelled${who}${cancel?.reason == null ? '' : `: ${cancel.reason}`}`;
}

/** Do runs of this version say of each stop what it was? */
export function tellsStops(state: RunState): boolean {
  return since(state, 'true_causes');
}

/** A reason that the core gave, with who and why where only history knows: a bare request says neither to the core. */
export function toldCause(
  state: RunState,
  reason: string,
  known: { readonly by: string | null; readonly reason: string | null },
): string {
  const { cancel } = state;
  const cause = causeOfCancel(state);
  if (cancel === null || !since(state, 'true_causes') || !reason.startsWith(cause)) return reason;
  const told = { ...cancel, by: cancel.by ?? known.by, reason: cancel.reason ?? known.reason };
  return causeOfCancel({ ...state, cancel: told }) + reason.slice(cause.length);
}
