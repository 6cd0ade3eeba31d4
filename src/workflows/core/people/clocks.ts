/**
 * The run's clocks during a pause: those of what is not under way stand still, and go on with what was left of them.
 *
 * Which those are, `TIMERS` says: not the pause's own, nor what ends an execution or a cancellation; and what belongs to
 * something that a milder pause lets go on, only in `now`.
 */
import type { Address } from '../../../plan/address.ts';
import { cancelTimer, change, note, startTimer } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { isSettled } from '../kernel/state.ts';
import type { FrozenTimer, Timer } from '../kernel/state.ts';
import { TIMERS } from '../kernel/timers.ts';

/** Stops the clocks that run; called again while the run is paused, since what drains may set further ones. */
export function freezeClocks(draft: Draft): void {
  const { paused } = draft.state;
  if (paused === null) return;
  const stopped: FrozenTimer[] = [];
  for (const [id, timer] of Object.entries(draft.timers)) {
    const { pauses } = TIMERS[timer.for];
    if (pauses === 'never' || (pauses === 'now' && paused.mode !== 'now')) continue;
    stopped.push(frozen(draft, id, timer));
    cancelTimer(draft, id);
  }
  if (stopped.length > 0) change(draft, { paused: { ...paused, frozen: [...paused.frozen, ...stopped] } });
}

/** Whatever time the step waits for is not waited for any more, nor after the pause. */
export function forgetClocks(draft: Draft, step: Address): void {
  for (const [id, timer] of Object.entries(draft.timers)) if (timer.step === step) cancelTimer(draft, id);
  const { paused } = draft.state;
  const left = (paused?.frozen ?? []).filter((clock) => clock.step !== step);
  if (paused !== null && left.length < paused.frozen.length)
    change(draft, { paused: { ...paused, frozen: left } });
}

function frozen(draft: Draft, id: string, { for: purpose, step, dueAt }: Timer): FrozenTimer {
  return { id, for: purpose, step, leftMs: Math.max(0, dueAt - draft.at.now) };
}

/** Sets them again; whatever has come to its end meanwhile needs none. */
export function thawClocks(draft: Draft, clocks: readonly FrozenTimer[]): void {
  for (const clock of clocks) {
    if (!isNeeded(draft, clock)) continue;
    const id = startTimer(draft, clock.for, clock.leftMs, summaryOf(clock), clock.step);
    if (clock.for === 'question') handOver(draft, clock, id);
    if (clock.for === 'message') handOverMessage(draft, clock.id, id);
  }
}

function isNeeded(draft: Draft, { id, for: purpose, step }: FrozenTimer): boolean {
  const { questions, inbox } = draft.state;
  if (purpose === 'question') return Object.values(questions).some((question) => question.timer === id);
  if (purpose === 'message') return inbox.some((message) => message.timer === id);
  const state = step === null ? undefined : draft.steps[step];
  return state === undefined || !isSettled(state.status);
}

function summaryOf({ for: purpose, step }: FrozenTimer): string {
  return step === null ? `${purpose}, after the pause` : `${purpose} ${step}, after the pause`;
}

/** The question expires later, as it was not to be answered in a hurry. */
function handOver(draft: Draft, { id: before, leftMs }: FrozenTimer, timer: string): void {
  const { questions } = draft.state;
  const question = Object.values(questions).find((one) => one.timer === before);
  if (question === undefined) return;
  const expiresAt = draft.at.now + leftMs;
  change(draft, { questions: { ...questions, [question.id]: { ...question, timer, expiresAt } } });
  note(draft, { type: 'question_postponed', question: question.id, expiresAt });
}

function handOverMessage(draft: Draft, before: string, timer: string): void {
  const inbox = draft.state.inbox.map((message) =>
    message.timer === before ? { ...message, timer } : message,
  );
  change(draft, { inbox });
}
