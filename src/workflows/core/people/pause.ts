/**
 * Pauses.
 *
 *     running ──(pause)──▶ draining ──(nothing is under way any more)──▶ holding ──(resume, timeout)──▶ running
 *
 * Entered by a command; what a pause waits for depends on its mode, and nothing else starts. The run's own clocks stand
 * still from the first task on. Left by a command or by the pause's own timer, which may cancel the run instead. A
 * pause that still drains can be made stricter.
 */
import type { Address } from '../../../plan/address.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import { DEFAULT_PAUSE_MODE, FORMER_PAUSE_MODE, PAUSE_MODES, textOf } from '../../../protocol/signals.ts';
import type { PauseMode, SignalMessage } from '../../../protocol/signals.ts';
import { abortActivity } from '../steps/abort.ts';
import { beginCancel } from './cancel.ts';
import { freezeClocks, thawClocks } from './clocks.ts';
import { cancelTimer, change, note, openSteps, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import { stepOfOwner } from '../kernel/owners.ts';
import { movingSteps } from '../kernel/scope.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt } from '../kernel/receipt.ts';
import { forgiveRun } from '../kernel/spent.ts';
import { since } from '../kernel/versions.ts';
import { addToInbox } from './inbox.ts';
import { agentsFor } from './instruction.ts';

const DEFAULT_PAUSE_MS = 30 * 60_000;

export function pause(draft: Draft, message: SignalMessage): Receipt {
  const { cancel, paused } = draft.state;
  if (cancel !== null) return refused('the run is being cancelled');
  const mode = message.mode ?? (since(draft.state, 'safe_pauses') ? DEFAULT_PAUSE_MODE : FORMER_PAUSE_MODE);
  const stricter = paused !== null && !paused.holds && rank(mode) > rank(paused.mode);
  if (paused !== null && !stricter) return refused('the run is already paused');
  if (paused?.timer != null) cancelTimer(draft, paused.timer);
  const ms = message.timeout_ms ?? DEFAULT_PAUSE_MS;
  const waitsFor = busySteps(draft, mode);
  change(draft, {
    paused: {
      requestedAt: paused?.requestedAt ?? draft.at.now,
      reason: textOf(message),
      by: message.by ?? null,
      mode,
      busy: waitsFor.length,
      waitsFor,
      holds: false,
      frozen: paused?.frozen ?? [],
      onTimeout: message.on_timeout ?? 'resume',
      timer: ms === 0 ? null : startTimer(draft, 'pause', ms, 'pause ends'),
    },
  });
  notePause(draft, ms === 0 ? null : draft.at.now + ms, stricter);
  if (mode === 'now') stopEverything(draft);
  freezeClocks(draft);
  return PROCESSED;
}

function rank(mode: PauseMode): number {
  return PAUSE_MODES.indexOf(mode);
}

function notePause(draft: Draft, endsAt: number | null, stricter: boolean): void {
  const { paused } = draft.state;
  if (paused === null) return;
  const { reason, by, mode, busy, onTimeout } = paused;
  note(draft, { type: 'run_paused', reason, by, mode, busy, endsAt, onTimeout, stricter });
}

/** What is under way with workers; their steps go on when the run is resumed. */
function stopEverything(draft: Draft): void {
  for (const [id, owner] of Object.entries(draft.open))
    if (stepOfOwner(owner) !== null) abortActivity(draft, id, 'pause');
}

/** Steps that a pause of this mode has to wait for. */
function busySteps(draft: Draft, mode: PauseMode): readonly Address[] {
  const going = movingSteps(draft).filter((step) => goesOn(draft, step, mode));
  return [...new Set([...openSteps(draft), ...going.map(({ key }) => key)])];
}

/** A step that a pause lets go on by itself: to its end, or to that of its turn. */
function goesOn(draft: Draft, step: PlanStep, mode: PauseMode): boolean {
  const state = draft.steps[step.key];
  if (state?.status !== 'running' || mode === 'now') return false;
  return mode === 'after_step' || kindOf(draft, step).moves?.isInTurn(state) === true;
}

/** May a step that goes on by itself begin a turn while the run is paused, or only bring its turn to its end, or nothing? */
export function mayMove(draft: Draft, key: Address): 'go_on' | 'finish_turn' | 'rest' {
  const { paused } = draft.state;
  if (paused === null) return 'go_on';
  if (!paused.waitsFor.includes(key)) return 'rest';
  if (paused.mode === 'now') return 'rest';
  return paused.mode === 'after_step' ? 'go_on' : 'finish_turn';
}

/** Says how far a pause has come. What has come to rest stays at rest. */
export function noteDraining(draft: Draft): void {
  const { paused } = draft.state;
  if (paused === null || paused.holds) return;
  const busy = new Set(busySteps(draft, paused.mode));
  const waitsFor = paused.waitsFor.filter((key) => busy.has(key));
  const holds = waitsFor.length === 0 && Object.keys(draft.open).length === 0;
  if (!holds && waitsFor.length === paused.waitsFor.length) return;
  change(draft, { paused: { ...paused, waitsFor, holds } });
  const of = paused.busy;
  if (holds) note(draft, { type: 'pause_drained', of });
  else note(draft, { type: 'pause_draining', drained: of - waitsFor.length, of });
}

/** Ends the pause; what else the message says goes to the agents. */
export function resume(draft: Draft, message: SignalMessage): Receipt {
  const { paused, plan } = draft.state;
  if (paused === null) return refused('the run is not paused');
  const { context } = message;
  if (context === undefined || context.trim() === '' || plan === null) {
    endPause(draft, { reason: textOf(message), by: message.by ?? null, timedOut: false });
    return PROCESSED;
  }
  const found = agentsFor(draft, message.target ?? null);
  if ('status' in found) return found;
  endPause(draft, { reason: textOf(message), by: message.by ?? null, timedOut: false });
  return addToInbox(draft, message, { text: context, recipients: found.recipients });
}

function endPause(
  draft: Draft,
  why: { readonly reason: string | null; readonly by: string | null; readonly timedOut: boolean },
): void {
  const { paused } = draft.state;
  if (paused === null) return;
  if (paused.timer !== null) cancelTimer(draft, paused.timer);
  const ms = draft.at.now - paused.requestedAt;
  for (const moves of draft.kinds.moves) moves.forgive(draft, ms);
  forgiveRun(draft, ms);
  change(draft, { paused: null });
  note(draft, { type: 'run_resumed', ...why });
  thawClocks(draft, paused.frozen);
}

/** The pause's own timer fired. */
export function pauseTimedOut(draft: Draft): void {
  const { paused } = draft.state;
  if (paused === null) return;
  const reason = 'the pause reached its timeout';
  if (paused.onTimeout === 'resume') return endPause(draft, { reason, by: null, timedOut: true });
  beginCancel(draft, { reason, by: null, requested: false, terminal: 'cancelled' });
}
