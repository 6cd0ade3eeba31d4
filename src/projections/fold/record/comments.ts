/**
 * What agents, and Baton itself, say in a run's thread, in a person's words.
 *
 * A comment stands under the seq of the event that it tells of; where there is none, an event `message` is made.
 */
import type { JsonObject } from '../../../plan/json.ts';
import type { MessageRow } from '../../../tables/projected/workflow-messages.ts';
import type { StepRow } from '../../../tables/projected/workflow-step-executions.ts';
import { timeOf } from '../rows.ts';
import type { HistoryPlace } from './run-rows.ts';
import { present } from './view.ts';
import type { View } from './view.ts';
import { shortText } from './words.ts';

interface Comment {
  readonly content: string;
  /** null: it concerns the run. */
  readonly step: StepRow | null;
  readonly turn?: number;
  readonly metadata?: JsonObject;
}

/** Comments on an event that is there. Answers the entry. */
export function commentOn(view: View, place: HistoryPlace, seq: number, said: Comment): MessageRow {
  const { content, step, turn, metadata = {} } = said;
  const agent = step?.agent ?? null;
  return view.rows.addMessage({
    seq,
    message_id: null,
    message_type: agent === null ? 'system' : 'agent',
    action_type: 'comment',
    action_status: 'processed',
    content: shortText(content),
    reason: null,
    author: agent,
    metadata,
    created_at: timeOf(place.timeMs),
    step: step?.key ?? null,
    agent,
    attempt: attemptOf(view, step) || null,
    turn: turn ?? null,
  });
}

/** Says something that no event tells. */
export function comment(view: View, place: HistoryPlace, said: Comment, causedBy: number | null): void {
  const { content, step, turn } = said;
  const seq = view.rows.addEvent(place, {
    type: 'message',
    ...(step === null ? {} : { step: step.key, attempt: attemptOf(view, step) }),
    ...(turn === undefined ? {} : { turn }),
    data: present({ action: 'comment', content: shortText(content), by: step?.agent ?? null }),
    causedBy,
  });
  commentOn(view, place, seq, said);
}

/** 0: none yet. */
function attemptOf(view: View, step: StepRow | null): number {
  return step === null ? 0 : view.standing(step).attempt;
}
