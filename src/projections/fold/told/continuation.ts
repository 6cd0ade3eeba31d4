/**
 * A closed run that somebody goes on with, from its end or from one of its checkpoints, and a run that was forked from
 * another's: what the execution's arguments say of it, in the thread and the run's row.
 */
import type { JsonObject } from '../../../plan/json.ts';
import { beginBranch } from './branch.ts';
import type { Recorded } from '../recorded-event.ts';
import { timeOf } from '../rows.ts';
import type { Restored } from '../../../protocol/envelope.ts';
import type { HistoryPlace } from '../record/run-rows.ts';
import { memberOf, textMemberOf } from '../record/usage.ts';
import { present } from '../record/view.ts';
import type { View } from '../record/view.ts';

/** The end of an execution. */
export interface Base {
  readonly executionId: string;
  readonly eventId: number;
}

/** Where an execution goes on from; null when it begins by itself. @param envelope as it came */
export function baseOf(envelope: unknown): Base | null {
  const base = memberOf(envelope, 'base');
  const executionId = memberOf(base, 'executionId');
  const eventId = memberOf(base, 'eventId');
  return typeof executionId === 'string' && typeof eventId === 'number' ? { executionId, eventId } : null;
}

/** The checkpoint that an execution goes on from; null when it is none. @param envelope as it came */
export function restoredIn(envelope: unknown): Restored | null {
  const restored = memberOf(memberOf(envelope, 'continue'), 'restored') as Partial<Restored> | undefined;
  const isOurs = typeof restored?.run === 'string' && typeof restored.checkpoint === 'number';
  return isOurs ? (restored as Restored) : null;
}

/** What it goes on from, and what is other than it was there. */
function departureTold({ checkpoint, from, promoted, given, inputs }: Restored): JsonObject {
  return { checkpoint, from, promoted: promoted ?? null, given: listed(given), inputs: listed(inputs) };
}

const listed = (names: readonly string[] | undefined): string[] | null =>
  Array.isArray(names) ? [...(names as readonly string[])] : null;

/** The run is open again, under a new epoch; its steps follow when the core has looked at them. */
export function beginContinuation(
  view: View,
  place: HistoryPlace,
  { args, identity }: Recorded<'started'>,
): void {
  const wanted = memberOf(args[1], 'continue');
  const by = textMemberOf(wanted, 'by') ?? identity;
  const content = textMemberOf(wanted, 'message');
  const limits = memberOf(wanted, 'limits');
  const restored = restoredIn(args[1]);
  const action = restored === null ? 'continue' : 'restore';
  const where: JsonObject = restored === null ? {} : departureTold(restored);
  const seq = view.rows.addEvent(place, {
    type: 'message',
    data: present({ action, status: 'processed', content, by, ...where }),
    causedBy: null,
  });
  view.rows.addMessage({
    seq,
    message_id: null,
    message_type: 'user',
    action_type: action,
    action_status: 'processed',
    content,
    reason: null,
    author: by,
    metadata:
      restored === null
        ? present({ identity, limits: limits === undefined ? null : (limits as null) })
        : present({ identity, ...where }),
    created_at: timeOf(place.timeMs),
    step: textMemberOf(wanted, 'step'),
  });
  const { promoted } = restored ?? {};
  if (typeof promoted === 'string') {
    const lineage = { ...view.rows.run.lineage, promoted_from: promoted };
    view.rows.changeRun(place.timeMs, { lineage });
  }
  beginBranch(view, place, 'running', { action, by, reason: content }, seq);
}
